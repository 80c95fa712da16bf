//! Integration IDs that are the same but for letter case, blanks or leading zeros, and those of another shape than their integration's.
//! Leaves reading and comparing values to `integration_ids`. Integrations that are not Live are hidden, and so is what is wrong there.

use diesel::prelude::*;

use super::{About, Finding};
use crate::db::Conn;
use crate::desk::kind::Kind;
use crate::error::AppError;
use crate::integration_ids::alike;
use crate::integrations::{Fit, Integration};
use crate::schema::{integrations, school_integrations};
use crate::schools::{CurrentSchool, generation};
use crate::security::sha256;

/// The school's people, the stages, and the shapes of the catalogue.
pub(super) fn mark(conn: &mut Conn, school: &CurrentSchool) -> Result<String, AppError> {
    let rows: Vec<(i64, i32, i32)> = school_integrations::of(school)
        .inner_join(integrations::table.on(integrations::id.eq(school_integrations::integration_id)))
        .order(integrations::id)
        .select((integrations::id, integrations::lock_version, school_integrations::lock_version))
        .load(conn)?;
    let shapes: String = sha256(format!("{rows:?}").as_bytes()).chars().take(16).collect();
    Ok(format!("{}:{shapes}", generation(conn, school)?))
}

pub(super) fn find(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<Finding>, AppError> {
    let mut found = Vec::new();
    for integration in Integration::live(conn, school)? {
        let shape = integration.shape();
        let looked = alike::look(conn, school, integration.id, &Fit::new(&shape))?;
        for (one, other) in looked.alike {
            found.push(Finding {
                kind: Kind::DoubleId,
                key: format!("{}:{}:{}", integration.code, one.person, other.person),
                about: About {
                    person: Some(one.person),
                    other_person: Some(other.person),
                    integration: Some(integration.id),
                    record: Some(one.record),
                    other_record: Some(other.record),
                    ..About::default()
                },
            });
        }
        for one in looked.unfit {
            found.push(Finding {
                kind: Kind::UnfitId,
                key: format!("{}:{}", integration.code, one.person),
                about: About {
                    person: Some(one.person),
                    integration: Some(integration.id),
                    record: Some(one.record),
                    ..About::default()
                },
            });
        }
    }
    Ok(found)
}
