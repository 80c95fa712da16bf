//! Keeping the cases of a plan in the place of those before. A plan that finds the same ones writes nothing.
//! Leaves reading them to `cases::stored`.

use std::collections::HashMap;

use diesel::prelude::*;

use super::people::{Gallery, Shown};
use super::{Found, FoundKind};
use crate::bulk_load;
use crate::error::AppError;
use crate::people::{Field, MemberType, email_key};
use crate::runs::RunId;
use crate::schema::{sync_case_sets, sync_cases};
use crate::schools::SchoolId;
use crate::sync::conflicts::at;
use crate::sync::emails::{Claimant, Fate};
use crate::sync::families::Families;
use crate::sync::fingerprint::of_text;
use crate::sync::held::Links;
use crate::sync::pass::Pass;
use crate::sync::planner::Planning;

#[derive(Insertable)]
#[diesel(table_name = sync_cases, treat_none_as_default_value = false)]
struct PartyRow {
    school_id: SchoolId,
    number: i32,
    place: i32,
    run_id: RunId,
    kind: FoundKind,
    email_key: Option<String>,
    whom: String,
    sonis_id: Option<String>,
    name: String,
    member_type: MemberType,
    slot: Option<&'static str>,
    source_row: Option<i64>,
    fields: String,
    children: String,
    fate: Fate,
}

/// A case with the people as they are shown, and the e-mail that it is about.
type ShownCase = (FoundKind, Option<String>, Vec<(Shown, Fate)>);

pub fn keep(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    families: Option<&Families>,
    links: &HashMap<MemberType, Links>,
    found: &[Found],
) -> Result<(), AppError> {
    let (school, run) = (planning.school, planning.writer.run());
    let print = print(passes, found);
    let kept: Option<String> = planning.db.read(|conn| {
        Ok(sync_case_sets::of(school).select(sync_case_sets::fingerprint).get_result(conn).optional()?)
    })?;
    if kept.as_ref() == Some(&print) || (kept.is_none() && found.is_empty()) {
        return Ok(());
    }
    let gallery = Gallery::load(planning, passes, families, links, found)?;
    let mut cases: Vec<ShownCase> = found
        .iter()
        .map(|case| {
            let shown: Vec<(Shown, Fate)> =
                case.parties.iter().filter_map(|(who, fate)| Some((gallery.show(*who)?, *fate))).collect();
            let email = shown.iter().find_map(|(s, _)| s.bio.email.as_deref().and_then(email_key));
            (case.kind, email.filter(|_| case.kind != FoundKind::Match), shown)
        })
        .collect();
    // As somebody looks for them: by the e-mail, else by the name.
    cases.sort_by_cached_key(|(kind, email, shown)| {
        (*kind, email.clone(), shown.first().map(|(s, _)| s.bio.keys().sort_name))
    });
    let mut rows = Vec::new();
    for (number, (kind, email, shown)) in (1..).zip(cases) {
        for (place, (s, fate)) in (0..).zip(shown) {
            rows.push(row(planning, number, place, kind, email.clone(), s, fate)?);
        }
    }
    planning.db.write(|conn| {
        diesel::delete(sync_cases::of(school)).execute(conn)?;
        diesel::delete(sync_case_sets::of(school)).execute(conn)?;
        bulk_load!(conn, sync_cases, PartyRow, rows)?;
        sync_case_sets::insert()
            .values((
                sync_case_sets::school_id.eq(school.id()),
                sync_case_sets::run_id.eq(run),
                sync_case_sets::fingerprint.eq(print),
            ))
            .execute(conn)?;
        Ok(())
    })
}

fn row(
    planning: &Planning<'_>,
    number: i32,
    place: i32,
    kind: FoundKind,
    email_key: Option<String>,
    shown: Shown,
    fate: Fate,
) -> Result<PartyRow, AppError> {
    let fields: Vec<(&str, String)> = Field::ALL.iter().filter_map(|f| Some((f.code(), shown.bio.get(*f)?))).collect();
    let write = |e| AppError::internal("keeping a case", &e);
    Ok(PartyRow {
        school_id: planning.school.id(),
        number,
        place,
        run_id: planning.writer.run(),
        kind,
        email_key,
        whom: shown.whom.to_string(),
        sonis_id: shown.sonis_id,
        name: shown.bio.full_name(),
        member_type: shown.bio.member_type,
        slot: shown.row.map(|(slot, _)| slot),
        source_row: shown.row.and_then(|(_, row)| i64::try_from(row).ok()),
        fields: serde_json::to_string(&fields).map_err(write)?,
        children: serde_json::to_string(&shown.children).map_err(write)?,
        fate,
    })
}

/// What the cases come to, without reading anybody: who, what becomes of them, and what their rows say.
fn print(passes: &[Pass<'_>], found: &[Found]) -> String {
    let mut text = String::new();
    for case in found {
        text.push_str(case.kind.code());
        for (who, fate) in &case.parties {
            let said = match who {
                Claimant::Held(person) => format!(" {person}"),
                Claimant::Record(place, record) => match at(passes, *place, *record) {
                    Some((pass, r)) => {
                        let row = (pass.seen.get(r).map(|s| s.key), pass.hash.get(r), pass.held(r));
                        format!(" {}{row:?}", pass.roster.slot().code())
                    }
                    None => String::new(),
                },
            };
            text.push_str(&said);
            text.push_str(fate.code());
        }
    }
    format!("{} {:016x}", found.len(), of_text(&text))
}
