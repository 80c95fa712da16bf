//! `crosswalk user limit`: which people a user sees. The limits given take the place of those before.
//! Leaves what a limit means to `schools::Limits`, the rules to `security`.

use clap::Args;

use super::acting::Acting;
use super::{Desk, Done, Failure};
use crate::db::Conn;
use crate::error::AppError;
use crate::people::{Choices, MemberType, departments};
use crate::schools::{CurrentSchool, LimitField, Limits};
use crate::security::{LimitError, User, set_limits, tasks};

#[derive(Args)]
pub struct Limit {
    /// Whose access is limited
    user_id: String,
    /// Only people of this campus; like the others, it can be said several times
    #[arg(long, value_name = "NAME")]
    campus: Vec<String>,
    /// Only people of this department
    #[arg(long, value_name = "NAME")]
    department: Vec<String>,
    /// Only people of this division
    #[arg(long, value_name = "NAME")]
    division: Vec<String>,
    /// Only people of this level
    #[arg(long, value_name = "NAME")]
    level: Vec<String>,
    /// student, staff or parent
    #[arg(long, value_name = "TYPE")]
    member_type: Vec<String>,
    /// Take all limits back
    #[arg(long, conflicts_with_all = ["campus", "department", "division", "level", "member_type"])]
    none: bool,
    #[command(flatten)]
    acting: Acting,
}

impl Limit {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let limits = self.limits()?;
        if limits.is_none() && !self.none {
            return Err(Failure("Say to what access is limited, for example --campus NAME, or --none.".into()));
        }
        let db = desk.open_existing()?;
        let unknown = || Failure(format!("There is no user {} of a school.", self.user_id));
        let user = db.read(|conn| User::by_user_id(conn, &self.user_id))?.ok_or_else(unknown)?;
        let schools = db.read(CurrentSchool::every)?;
        let school = schools.into_iter().find(|s| Some(s.id()) == user.school_id).ok_or_else(unknown)?;
        let by = db.read(|conn| Ok(self.acting.actor::<tasks::AdministerSecurity>(conn, desk, Some(&school))))??;
        db.read(|conn| Ok(known(conn, &school, &limits)))??;
        let now = desk.clock.now();
        let before = db.write(|conn| match set_limits(conn, &user, &limits, &by, now) {
            Ok(before) => Ok(Ok(before)),
            Err(LimitError::App(e)) => Err(e),
            Err(e) => Ok::<_, AppError>(Err(e)),
        })??;
        println!("{}: {} (before: {}).", user.user_id, limits.in_words(), before.in_words());
        Ok(Done::Well)
    }

    fn limits(&self) -> Result<Limits, Failure> {
        let mut pairs: Vec<(LimitField, String)> = Vec::new();
        for (field, values) in [
            (LimitField::Campus, &self.campus),
            (LimitField::Department, &self.department),
            (LimitField::Division, &self.division),
            (LimitField::Level, &self.level),
        ] {
            pairs.extend(values.iter().map(|v| (field, v.trim().to_owned())));
        }
        if pairs.iter().any(|(_, value)| value.is_empty()) {
            return Err(Failure("A limit needs a name, for example --campus \"Main Campus\".".into()));
        }
        for text in &self.member_type {
            let member_type = MemberType::parse(&text.to_lowercase()).ok_or_else(|| {
                Failure(format!("{text} is not a member type. Member types are student, staff and parent."))
            })?;
            pairs.push((LimitField::MemberType, member_type.code().to_owned()));
        }
        Ok(Limits::of(pairs))
    }
}

/// A name that nobody has would hide everybody.
fn known(conn: &mut Conn, school: &CurrentSchool, limits: &Limits) -> Result<(), Failure> {
    let (choices, departments) = (Choices::load(conn, school)?, departments(conn, school)?);
    for (field, values) in limits.each() {
        let held = match field {
            LimitField::Campus => &choices.campuses,
            LimitField::Department => &departments,
            LimitField::Division => &choices.divisions,
            LimitField::Level => &choices.levels,
            LimitField::MemberType => continue,
        };
        if let Some(value) = values.iter().find(|v| !held.contains(v)) {
            let all = if held.is_empty() { "none".to_owned() } else { held.join(", ") };
            return Err(Failure(format!(
                "Nobody at {} has the {} {value}. There are: {all}.",
                school.name(),
                field.word().to_lowercase()
            )));
        }
    }
    Ok(())
}
