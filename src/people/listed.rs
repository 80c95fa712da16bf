//! A person as a row of the list: what its columns show, and no more, as reading the rest would cost as much again.

use diesel::prelude::*;

use super::biographic::Status;
use super::person::{PersonId, list_name};
use crate::schema::people;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = people)]
pub struct Listed {
    pub id: PersonId,
    pub sonis_id: String,
    pub last_name: String,
    pub first_name: String,
    pub native_name: Option<String>,
    pub grade_level: Option<i32>,
    pub division: Option<String>,
    pub department: Option<String>,
    pub campus: Option<String>,
    pub status: Status,
    pub email: Option<String>,
    pub phone: Option<String>,
}

impl Listed {
    /// "Okonkwo, Amara"
    pub fn name(&self) -> String {
        list_name(&self.last_name, &self.first_name)
    }
}
