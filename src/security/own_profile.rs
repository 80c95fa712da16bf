//! A profile of the school's own: a name, and the Tasks that a new user of it begins with.
//! Leaves the profiles that every school has to `security::profile`. A profile never changes a user that is there already.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::profile::Profile;
use super::task::TaskName;
use super::user::User;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::own_profiles;
use crate::schools::CurrentSchool;

crate::id_type! {
    /// A row of the school's own profiles.
    OwnProfileId
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProfile {
    pub id: OwnProfileId,
    pub name: String,
    pub tasks: Vec<TaskName>,
    pub lock_version: i32,
}

#[derive(Debug, thiserror::Error)]
pub enum OwnProfileError {
    #[error("There is a profile {0} already")]
    Taken(String),
    #[error("Somebody else changed this profile meanwhile. Look at what is there now, then send it again")]
    Meanwhile,
}

type Row = (OwnProfileId, String, String, i32);

fn of_row((id, name, tasks, lock_version): Row) -> Result<OwnProfile, AppError> {
    let tasks = serde_json::from_str(&tasks).map_err(|e| AppError::internal("the Tasks of a profile", &e))?;
    Ok(OwnProfile { id, name, tasks, lock_version })
}

fn stored(tasks: &[TaskName]) -> Result<String, AppError> {
    serde_json::to_string(tasks).map_err(|e| AppError::internal("the Tasks of a profile", &e))
}

/// Names are the same in upper and lower case; those of the built-in profiles are taken.
fn key(name: &str) -> String {
    name.to_lowercase()
}

impl OwnProfile {
    /// Those that a new user can have, by name.
    pub fn all(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<OwnProfile>, AppError> {
        let rows: Vec<Row> = own_profiles::of(school)
            .filter(own_profiles::retired_at.is_null())
            .order(own_profiles::name_key)
            .select((own_profiles::id, own_profiles::name, own_profiles::tasks, own_profiles::lock_version))
            .load(conn)?;
        rows.into_iter().map(of_row).collect()
    }

    pub fn one(conn: &mut Conn, school: &CurrentSchool, id: OwnProfileId) -> Result<OwnProfile, AppError> {
        let row: Row = own_profiles::of(school)
            .filter(own_profiles::id.eq(id))
            .select((own_profiles::id, own_profiles::name, own_profiles::tasks, own_profiles::lock_version))
            .get_result(conn)?;
        of_row(row)
    }

    /// The names of all, retired ones too.
    pub fn names(conn: &mut Conn, school: &CurrentSchool) -> Result<HashMap<OwnProfileId, String>, AppError> {
        let rows: Vec<(OwnProfileId, String)> =
            own_profiles::of(school).select((own_profiles::id, own_profiles::name)).load(conn)?;
        Ok(rows.into_iter().collect())
    }

    fn is_taken(
        conn: &mut Conn,
        school: &CurrentSchool,
        name: &str,
        but: Option<OwnProfileId>,
    ) -> Result<bool, AppError> {
        if Profile::ALL.iter().any(|p| key(p.word()) == key(name)) {
            return Ok(true);
        }
        let others: Vec<OwnProfileId> = own_profiles::of(school)
            .filter(own_profiles::name_key.eq(key(name)))
            .filter(own_profiles::retired_at.is_null())
            .select(own_profiles::id)
            .load(conn)?;
        Ok(others.into_iter().any(|id| Some(id) != but))
    }

    pub fn add(
        conn: &mut Conn,
        school: &CurrentSchool,
        name: &str,
        tasks: &[TaskName],
    ) -> Result<Result<OwnProfileId, OwnProfileError>, AppError> {
        super::users::lock(conn, school)?;
        if OwnProfile::is_taken(conn, school, name, None)? {
            return Ok(Err(OwnProfileError::Taken(name.to_owned())));
        }
        let id = own_profiles::insert()
            .values((
                own_profiles::school_id.eq(school.id()),
                own_profiles::name.eq(name),
                own_profiles::name_key.eq(key(name)),
                own_profiles::tasks.eq(stored(tasks)?),
            ))
            .returning(own_profiles::id)
            .get_result(conn)?;
        Ok(Ok(id))
    }

    pub fn save(
        conn: &mut Conn,
        school: &CurrentSchool,
        seen: &OwnProfile,
        name: &str,
        tasks: &[TaskName],
    ) -> Result<Result<(), OwnProfileError>, AppError> {
        super::users::lock(conn, school)?;
        if OwnProfile::is_taken(conn, school, name, Some(seen.id))? {
            return Ok(Err(OwnProfileError::Taken(name.to_owned())));
        }
        let same = own_profiles::of(school)
            .filter(own_profiles::id.eq(seen.id))
            .filter(own_profiles::lock_version.eq(seen.lock_version));
        let saved = diesel::update(same)
            .set((
                own_profiles::name.eq(name),
                own_profiles::name_key.eq(key(name)),
                own_profiles::tasks.eq(stored(tasks)?),
                own_profiles::lock_version.eq(own_profiles::lock_version + 1),
            ))
            .execute(conn)?;
        Ok(if saved == 1 { Ok(()) } else { Err(OwnProfileError::Meanwhile) })
    }

    /// Those who have it keep it, and their Tasks; nobody new gets it.
    pub fn retire(
        conn: &mut Conn,
        school: &CurrentSchool,
        id: OwnProfileId,
        now: NaiveDateTime,
    ) -> Result<bool, AppError> {
        let held = own_profiles::of(school).filter(own_profiles::id.eq(id)).filter(own_profiles::retired_at.is_null());
        Ok(diesel::update(held).set(own_profiles::retired_at.eq(now)).execute(conn)? == 1)
    }
}

/// The profile of a user: one that every school has, or one of the school's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileOf {
    pub built: Profile,
    pub own: Option<OwnProfile>,
}

impl ProfileOf {
    pub fn built(built: Profile) -> ProfileOf {
        ProfileOf { built, own: None }
    }

    pub fn own(own: OwnProfile) -> ProfileOf {
        ProfileOf { built: Profile::Own, own: Some(own) }
    }

    pub fn of(conn: &mut Conn, school: &CurrentSchool, user: &User) -> Result<ProfileOf, AppError> {
        // A user of another school has a profile that is none of ours.
        let own = match user.own_profile_id.filter(|_| user.school_id == Some(school.id())) {
            Some(id) => Some(OwnProfile::one(conn, school, id)?),
            None => None,
        };
        Ok(ProfileOf { built: user.profile, own })
    }

    /// As a form sends it.
    pub fn code(&self) -> String {
        match &self.own {
            Some(own) => format!("own.{}", own.id),
            None => self.built.code().to_owned(),
        }
    }

    pub fn word(&self) -> &str {
        self.own.as_ref().map_or(self.built.word(), |own| own.name.as_str())
    }

    pub fn tasks(&self) -> &[TaskName] {
        self.own.as_ref().map_or(self.built.tasks(), |own| &own.tasks)
    }

    pub fn may_grant(&self) -> Vec<TaskName> {
        self.built.may_grant()
    }
}

impl std::fmt::Display for ProfileOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}
