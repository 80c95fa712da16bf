//! What a specification would make of everybody, before anything is stored: figures, and the lines worth looking at.
//! Leaves making it so to `id_specs::plan`.

use std::collections::{HashMap, HashSet};

use super::everybody::{self, Somebody};
use super::language::Template;
use super::maker::{Holders, Maker, Outcome};
use super::spec::{Place, next_in_sequence};
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids;
use crate::people::{Person, PersonId};
use crate::schools::CurrentSchool;

/// What it comes to.
#[derive(Debug, Default)]
pub struct Preview {
    pub people: usize,
    /// They keep the ID that they have.
    pub have_one: usize,
    pub made: usize,
    /// Of the made: with a number behind, because the ID was taken without it.
    pub numbered: usize,
    pub blank: usize,
    pub misfit: usize,
    pub taken: usize,
    /// Those of whom nothing can be made first, then those with a number, then the others.
    pub lines: Vec<Line>,
    /// People without an ID whom no line is about.
    pub more: usize,
}

/// One person without an ID.
#[derive(Debug, Clone)]
pub struct Line {
    pub person: PersonId,
    pub sonis_id: String,
    pub name: String,
    pub outcome: Outcome,
    /// Who has the ID, where somebody has: SONIS ID and name.
    pub holder: Option<(String, String)>,
}

/// Everybody's IDs of the integration, of now and of before.
pub(super) struct Ground {
    pub holders: Holders,
    pub have_one: HashSet<PersonId>,
}

impl Ground {
    pub fn load(conn: &mut Conn, school: &CurrentSchool, place: &Place) -> Result<Ground, AppError> {
        let (mut holders, mut have_one) = (Holders::new(), HashSet::new());
        integration_ids::store::each_ever(conn, school, place.integration.id, |key, person, is_live| {
            if is_live {
                have_one.insert(person);
            }
            let held = holders.entry(key).or_insert(Some(person));
            if *held != Some(person) {
                *held = None;
            }
        })?;
        Ok(Ground { holders, have_one })
    }
}

/// Calls `f` with everybody who has no ID yet, and what becomes of them. The answer is how many there are, and how many
/// have one, and where the counter stands.
pub(super) fn each(
    conn: &mut Conn,
    school: &CurrentSchool,
    place: &Place,
    template: &Template,
    sequence: u64,
    mut f: impl FnMut(&Somebody<'_>, Outcome) -> Result<(), AppError>,
) -> Result<(usize, usize, u64), AppError> {
    let ground = Ground::load(conn, school, place)?;
    let shape = place.integration.shape();
    let mut maker = Maker::new(template, &place.integration, &shape, ground.holders, sequence);
    let with_keys = template.sources().any(|s| s.only_of().is_some());
    let (mut people, mut have_one) = (0, 0);
    everybody::each(conn, school, place.member_type, with_keys, |somebody| {
        people += 1;
        if ground.have_one.contains(&somebody.record.id) {
            have_one += 1;
            return Ok(());
        }
        let outcome = maker.make(somebody.record.id, somebody);
        f(somebody, outcome)
    })?;
    Ok((people, have_one, maker.sequence()))
}

/// Looks at everybody. At most `most` lines are told.
pub fn preview(
    conn: &mut Conn,
    school: &CurrentSchool,
    place: &Place,
    template: &Template,
    most: usize,
) -> Result<Preview, AppError> {
    let mut found = Preview::default();
    // By how much they are worth looking at.
    let mut shelves: [Vec<Line>; 3] = Default::default();
    let sequence = next_in_sequence(conn, school, place)?;
    let (people, have_one, _) = each(conn, school, place, template, sequence, |somebody, outcome| {
        let shelf = match &outcome {
            Outcome::Blank(_) => (&mut found.blank, 0),
            Outcome::Misfit(_) => (&mut found.misfit, 0),
            Outcome::Taken(_) => (&mut found.taken, 0),
            Outcome::Makes { number, .. } => {
                found.numbered += usize::from(number.is_some());
                (&mut found.made, if number.is_some() { 1 } else { 2 })
            }
        };
        *shelf.0 += 1;
        if let Some(lines) = shelves.get_mut(shelf.1).filter(|lines| lines.len() < most) {
            let r = somebody.record;
            let name = [r.last_name.as_str(), r.first_name.as_str()].into_iter().filter(|n| !n.is_empty());
            lines.push(Line {
                person: r.id,
                sonis_id: r.sonis_id.clone(),
                name: name.collect::<Vec<_>>().join(", "),
                outcome,
                holder: None,
            });
        }
        Ok(())
    })?;
    (found.people, found.have_one) = (people, have_one);
    found.lines = shelves.into_iter().flatten().take(most).collect();
    found.more = people - have_one - found.lines.len();
    name_holders(conn, school, &mut found.lines)?;
    Ok(found)
}

fn name_holders(conn: &mut Conn, school: &CurrentSchool, lines: &mut [Line]) -> Result<(), AppError> {
    let holder = |line: &Line| match line.outcome {
        Outcome::Taken(holder) => holder,
        _ => None,
    };
    let ids: Vec<PersonId> = lines.iter().filter_map(holder).collect();
    let people: HashMap<PersonId, Person> =
        Person::by_ids(conn, school, &ids)?.into_iter().map(|p| (p.id, p)).collect();
    for line in lines {
        let by = holder(line).and_then(|id| people.get(&id));
        line.holder = by.map(|p| (p.sonis_id.clone(), p.bio.list_name()));
    }
    Ok(())
}
