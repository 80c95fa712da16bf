//! The letters that a sync by itself waits for a person. Counts and reasons are in them, and nothing of what stands in a file.
//! Leaves sending them to `mail`.

use chrono::NaiveDateTime;

use super::settings::WatchSettings;
use crate::db::Conn;
use crate::error::AppError;
use crate::mail::Letter;
use crate::runs::RunId;
use crate::schools::CurrentSchool;
use crate::security::{Actor, TaskName, addresses_of};

/// One letter to each user who is to be told and has an address.
pub fn letters(
    conn: &mut Conn,
    school: &CurrentSchool,
    settings: &WatchSettings,
    why: (&str, Option<RunId>),
    by: &Actor,
    public_url: Option<&str>,
    now: NaiveDateTime,
) -> Result<Vec<Letter>, AppError> {
    let (note, run) = why;
    let mut all = Vec::new();
    if settings.tells_runners {
        all.extend(addresses_of(conn, school, TaskName::RunRosterSync, now)?);
    }
    if settings.tells_releasers {
        all.extend(addresses_of(conn, school, TaskName::ReleaseHeldRuns, now)?);
    }
    all.sort();
    all.dedup();
    let page = run.map_or("/sync".to_owned(), |run| format!("/runs/{run}"));
    let at = public_url.map_or_else(
        // Whoever releases held runs has Runs in the menu, and not always Roster sync.
        || {
            run.map_or("Open Roster sync in Crosswalk.\n".to_owned(), |run| {
                format!("Open run {run} under Runs in Crosswalk.\n")
            })
        },
        |url| format!("{}{page}\n", url.trim_end_matches('/')),
    );
    let about = run.map_or("The sync by itself waits".to_owned(), |run| format!("Run {run} waits"));
    let letter = |(user_id, address): (String, String)| Letter {
        school: school.id(),
        user_id,
        address,
        about: about.clone(),
        subject: format!("The roster sync of {} waits", school.name()),
        body: format!(
            "The roster sync of {} goes by itself, and waits for somebody now:\n\n{note}\n\n{at}\n\
             You get this because you may run a roster sync or release a held one in Crosswalk.\n",
            school.name()
        ),
        by: by.clone(),
    };
    Ok(all.into_iter().map(letter).collect())
}
