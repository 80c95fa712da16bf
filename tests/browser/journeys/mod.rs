//! What people come to do, from signing in to the last banner.
//! Leaves how a browser is driven to `window`.

mod account;
mod desk;
mod families;
mod import_names;
mod integration_ids;
mod mended_file;
mod merging;
mod privileges;
mod returning_school;
mod roster_sync;
mod search;
mod support;
mod switching;
mod two_registrars;
mod user_security;

use crosswalk::demo::DEMO_PASSWORD;
use crosswalk::schools::CurrentSchool;
use crosswalk::security::{GrantKind, NewUser, Profile, UserName, give, password};

use crate::support::World;

/// The first demo student, a registrar's example: has an ID in every integration that is live at NFC.
pub const AMARA: &str = "/people/NC0001234";
pub const AMARAS_IDS: &str = "/people/NC0001234/integration-ids";
/// Her mother, who has none.
pub const NGOZIS_IDS: &str = "/people/NC0001235/integration-ids";

/// Another user beside those of the demo, with the demo's password.
pub fn add_user(world: &World, user_id: &str, name: &str, school: &str, profile: Profile, must_change: bool) {
    let now = world.clock.now();
    let password_hash = password::hash_now(DEMO_PASSWORD).unwrap();
    world
        .db
        .write(|conn| {
            let school_id = CurrentSchool::by_code(conn, school)?.map(|s| s.id());
            let user_id = UserName::parse(user_id).unwrap();
            let new = NewUser { user_id, name: name.into(), school_id, profile, password_hash, must_change };
            let id = new.add(conn, "the test", now).unwrap();
            for &task in profile.tasks() {
                give(conn, id, school_id, task, GrantKind::Use, "the test", now)?;
            }
            Ok(())
        })
        .unwrap();
}
