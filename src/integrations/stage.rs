//! The stage at which a school has an integration, and who owns the next step.
//! Leaves moving from one to another to `integrations::moves`.

use diesel::prelude::*;

use super::integration::IntegrationId;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::school_integrations;
use crate::schools::CurrentSchool;
use crate::security::Sight;

crate::text_enum! {
    /// How far a school has an integration. Only Live ones appear at the school; at every other stage their IDs are hidden and kept.
    Stage {
        Requested = "requested", "Requested";
        Testing = "testing", "Testing";
        Ready = "ready", "Ready";
        Live = "live", "Live";
        Off = "off", "Off";
    }
}

crate::text_enum! {
    /// Whose turn it is.
    NextStep {
        School = "school", "School";
        Support = "support", "Support";
        Vendor = "vendor", "Vendor";
        Nobody = "nobody", "Nobody";
    }
}

impl Stage {
    /// Who owns the next step where nothing else is said.
    pub fn usual_next(self) -> NextStep {
        match self {
            Stage::Requested | Stage::Testing => NextStep::Support,
            Stage::Ready => NextStep::School,
            Stage::Live | Stage::Off => NextStep::Nobody,
        }
    }

    pub fn is_off(self) -> bool {
        self == Stage::Off
    }

    /// The colour behind the word.
    pub fn badge(self) -> &'static str {
        match self {
            Stage::Requested | Stage::Off => "",
            Stage::Testing => "is-wait",
            Stage::Ready => "is-now",
            Stage::Live => "is-ok",
        }
    }

    /// What it means, in one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Stage::Requested => "The school asked for it. Support owns the next step.",
            Stage::Testing => "Support tries it. The school’s people do not see its IDs yet.",
            Stage::Ready => "Tried and in order. Who asked for it at the school is told. IDs do not show yet.",
            Stage::Live => "In the Integration drop-down, and its IDs show.",
            Stage::Off => "Its IDs are hidden and kept. They come back as they were when it is Live again.",
        }
    }
}

/// What remains of a sight at a school whose integrations are not all Live: the IDs of the others are hidden from
/// everybody, and kept.
pub fn shown_at(conn: &mut Conn, school: &CurrentSchool, sight: Sight) -> Result<Sight, AppError> {
    let stages: Vec<(IntegrationId, Stage)> = school_integrations::of(school)
        .select((school_integrations::integration_id, school_integrations::stage))
        .load(conn)?;
    let all: Vec<IntegrationId> = stages.iter().map(|(i, _)| *i).collect();
    let hidden: Vec<IntegrationId> = stages.iter().filter(|(_, s)| *s != Stage::Live).map(|(i, _)| *i).collect();
    Ok(sight.without(&hidden, &all))
}
