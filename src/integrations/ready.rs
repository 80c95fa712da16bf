//! An integration has become Ready: the letters to those who request integrations at the school.
//! Leaves sending them to `mail`, and the notice on the pages to `integrations::at_school`.

use chrono::NaiveDateTime;

use crate::db::Conn;
use crate::error::AppError;
use crate::mail::Letter;
use crate::schools::CurrentSchool;
use crate::security::{Actor, TaskName, addresses_of};

/// One letter to each user of the school who has the Task and an address.
pub fn letters(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: &str,
    by: &Actor,
    public_url: Option<&str>,
    now: NaiveDateTime,
) -> Result<Vec<Letter>, AppError> {
    let at = public_url.map(|url| format!("\n{url}/integrations\n")).unwrap_or_default();
    let letter = |(user_id, address): (String, String)| Letter {
        school: school.id(),
        user_id,
        address,
        about: format!("{integration} is Ready"),
        subject: format!("{integration} is ready at {}", school.name()),
        body: format!(
            "{integration} is Ready at {}: Support has tried it and it is in order. \
             It shows in the Integration drop-down once Support has moved it to Live.\n{at}\n\
             You get this because you may request integrations in Crosswalk.\n",
            school.name()
        ),
        by: by.clone(),
    };
    let all = addresses_of(conn, school, TaskName::RequestIntegrations, now)?;
    Ok(all.into_iter().map(letter).collect())
}
