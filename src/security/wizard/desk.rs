//! What the steps need to know of the school: its integrations, its places, what the administrator may grant, the day.
//! Leaves the answers to `wizard::draft`.

use chrono::{NaiveDate, NaiveDateTime};

use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::Integration;
use crate::people::{Choices, MemberType, departments};
use crate::schools::{CurrentSchool, LimitField};
use crate::security::users::{Editor, Grants, Picture};
use crate::security::{Actor, OwnProfile};

pub struct Desk {
    pub editor: Editor,
    /// Those that the school has live, and those that the user holds a grant for already.
    pub integrations: Vec<Integration>,
    pub own_profiles: Vec<OwnProfile>,
    pub search: Choices,
    pub departments: Vec<String>,
    pub today: NaiveDate,
    /// What the user held when the draft began, or when it was laid on top of somebody else's change.
    pub held: Grants,
    /// Whether the user is not there yet.
    pub is_new: bool,
}

impl Desk {
    pub fn load(
        conn: &mut Conn,
        school: &CurrentSchool,
        seen: &Picture,
        is_new: bool,
        by: &Actor,
        now: NaiveDateTime,
    ) -> Result<Desk, AppError> {
        let mut integrations = Integration::live(conn, school)?;
        let live: Vec<_> = integrations.iter().map(|i| i.id).collect();
        let held = |i: &Integration| !live.contains(&i.id) && seen.grants.0.keys().any(|k| k.integration == Some(i.id));
        integrations.extend(Integration::all(conn)?.into_iter().filter(held));
        Ok(Desk {
            editor: Editor::load(conn, school, by, now)?,
            integrations,
            own_profiles: OwnProfile::all(conn, school)?,
            search: Choices::load(conn, school)?,
            departments: departments(conn, school)?,
            today: now.and_utc().with_timezone(&school.time_zone()).date_naive(),
            held: seen.grants.clone(),
            is_new,
        })
    }

    /// What access can be limited to: (as it is stored, as it is shown).
    pub fn places(&self, field: LimitField) -> Vec<(String, String)> {
        let plain = |values: &[String]| values.iter().map(|v| (v.clone(), v.clone())).collect();
        match field {
            LimitField::Campus => plain(&self.search.campuses),
            LimitField::Department => plain(&self.departments),
            LimitField::Division => plain(&self.search.divisions),
            LimitField::Level => plain(&self.search.levels),
            LimitField::MemberType => {
                MemberType::ALL.iter().map(|m| (m.code().to_owned(), m.word().to_owned())).collect()
            }
        }
    }
}
