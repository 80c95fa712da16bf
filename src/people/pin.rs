//! Pins: fields that a person set by hand, which an import keeps and says so.
//! Leaves deciding what an import changes to its planner.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::biographic::{Field, FieldChange};
use super::person::PersonId;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::field_pins;
use crate::schools::CurrentSchool;
use crate::security::Actor;

/// Pins what an edit by hand changed.
pub fn pin(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    fields: &[FieldChange],
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    for c in fields {
        diesel::delete(
            field_pins::of(school).filter(field_pins::person_id.eq(person)).filter(field_pins::field.eq(c.field)),
        )
        .execute(conn)?;
        field_pins::insert()
            .values((
                field_pins::school_id.eq(school.id()),
                field_pins::person_id.eq(person),
                field_pins::field.eq(c.field),
                field_pins::pinned_by.eq(actor.name()),
                field_pins::pinned_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Who set a field by hand, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    pub by: String,
    pub at: NaiveDateTime,
}

/// The pinned fields of one person, with who pinned them.
pub fn of_person(conn: &mut Conn, school: &CurrentSchool, person: PersonId) -> Result<HashMap<Field, Pin>, AppError> {
    let rows: Vec<(Field, String, NaiveDateTime)> = field_pins::of(school)
        .filter(field_pins::person_id.eq(person))
        .select((field_pins::field, field_pins::pinned_by, field_pins::pinned_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(field, by, at)| (field, Pin { by, at })).collect())
}

/// The pinned fields of some people.
pub fn of_people(
    conn: &mut Conn,
    school: &CurrentSchool,
    people: &[PersonId],
) -> Result<HashMap<PersonId, HashSet<Field>>, AppError> {
    let rows: Vec<(PersonId, Field)> = field_pins::of(school)
        .filter(field_pins::person_id.eq_any(people.to_vec()))
        .select((field_pins::person_id, field_pins::field))
        .load(conn)?;
    Ok(by_person(rows))
}

/// The pinned fields of the school's people.
pub fn all(conn: &mut Conn, school: &CurrentSchool) -> Result<HashMap<PersonId, HashSet<Field>>, AppError> {
    let rows: Vec<(PersonId, Field)> =
        field_pins::of(school).select((field_pins::person_id, field_pins::field)).load(conn)?;
    Ok(by_person(rows))
}

/// The people of whom a field is pinned.
pub fn of_field(conn: &mut Conn, school: &CurrentSchool, field: Field) -> Result<HashSet<PersonId>, AppError> {
    let rows: Vec<PersonId> =
        field_pins::of(school).filter(field_pins::field.eq(field)).select(field_pins::person_id).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Takes a pin away: the edit that set it was undone.
pub fn unpin(conn: &mut Conn, school: &CurrentSchool, person: PersonId, field: Field) -> Result<(), AppError> {
    diesel::delete(field_pins::of(school).filter(field_pins::person_id.eq(person)).filter(field_pins::field.eq(field)))
        .execute(conn)?;
    Ok(())
}

fn by_person(rows: Vec<(PersonId, Field)>) -> HashMap<PersonId, HashSet<Field>> {
    let mut pins: HashMap<PersonId, HashSet<Field>> = HashMap::new();
    for (person, field) in rows {
        pins.entry(person).or_default().insert(field);
    }
    pins
}
