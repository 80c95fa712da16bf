//! What the filters of the list offer: the values that the school's people have.

use diesel::prelude::*;

use crate::db::Conn;
use crate::error::AppError;
use crate::schema::people;
use crate::schools::CurrentSchool;

/// The values that the filters offer.
#[derive(Debug, Default)]
pub struct Choices {
    pub grades: Vec<i32>,
    pub campuses: Vec<String>,
    pub divisions: Vec<String>,
    pub levels: Vec<String>,
}

/// The departments of the school's people.
pub fn departments(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<String>, AppError> {
    let all: Vec<Option<String>> = people::of(school)
        .filter(people::department.is_not_null())
        .select(people::department)
        .distinct()
        .order(people::department)
        .load(conn)?;
    Ok(all.into_iter().flatten().collect())
}

impl Choices {
    pub fn load(conn: &mut Conn, school: &CurrentSchool) -> Result<Choices, AppError> {
        type Place = (Option<String>, Option<String>, Option<String>, Option<i32>);
        let places: Vec<Place> = people::of(school)
            .select((people::campus, people::division, people::level, people::grade_level))
            .distinct()
            .load(conn)?;
        let mut choices = Choices::default();
        for (campus, division, level, grade) in places {
            choices.campuses.extend(campus);
            choices.divisions.extend(division);
            choices.levels.extend(level);
            choices.grades.extend(grade);
        }
        for list in [&mut choices.campuses, &mut choices.divisions, &mut choices.levels] {
            list.sort();
            list.dedup();
        }
        choices.grades.sort_unstable();
        choices.grades.dedup();
        Ok(choices)
    }
}
