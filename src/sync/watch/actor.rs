//! In whose name a school's sync goes by itself: a user who may run one now, asked anew each time.
//! Leaves who may become that user to the page and the command.

use crate::clock::Clock;
use crate::db::Conn;
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::{Actor, User, Visitor, tasks};

/// The user as an actor; `Err` inside: why nothing goes by itself any more, in words.
pub fn actor(
    conn: &mut Conn,
    school: &CurrentSchool,
    user_id: &str,
    clock: &Clock,
) -> Result<Result<Actor, String>, AppError> {
    let again = "Somebody with Run roster sync has to save the settings anew.";
    let Some(user) = User::by_user_id(conn, user_id)? else {
        return Ok(Err(format!("It went in the name of {user_id}, who is no user any more. {again}")));
    };
    let name = user.name.clone();
    let Some(visitor) = Visitor::load_in(conn, user.id, Some(school.id()), clock)? else {
        return Ok(Err(format!("It went in the name of {name}, who is disabled. {again}")));
    };
    if visitor.must_change_password() {
        return Ok(Err(format!("It goes in the name of {name}, who has a temporary password to change first.")));
    }
    let is_here = visitor.school().is_some_and(|s| s.id() == school.id());
    if !is_here || !visitor.may::<tasks::RunRosterSync>() {
        return Ok(Err(format!("It went in the name of {name}, who has no longer the Task Run roster sync. {again}")));
    }
    Ok(Ok(visitor.actor()))
}
