//! The figures of a plan: what the preview and the receipt show, kept with the run as JSON.
//! Leaves drawing them to the pages.

use serde::{Deserialize, Serialize};

use super::handshake::Disagreement;
use crate::people::MemberType;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub types: Vec<TypeFigures>,
    pub is_full: bool,
    /// Relationships begun and ended.
    pub related: i64,
    pub unrelated: i64,
    /// Numbers that stand in two or three of the ID spaces.
    pub overlaps: i64,
    /// Host IDs that were proved to differ, also without regard to letter case.
    pub proved: i64,
    pub groups_made: i64,
    /// Absentees are listed and left alone, because some rows could not be read.
    pub spared: bool,
    /// Of a returning school: what does not agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handshake: Option<Disagreement>,
}

/// Of one member type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeFigures {
    pub member_type: MemberType,
    /// None where there was no file.
    pub rows: Option<i64>,
    /// Active people before.
    pub held: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub reactivated: i64,
    pub absent: i64,
    pub deactivated: i64,
    pub blocked: i64,
    pub kept: i64,
}

impl TypeFigures {
    pub fn new(member_type: MemberType) -> TypeFigures {
        TypeFigures {
            member_type,
            rows: None,
            held: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            reactivated: 0,
            absent: 0,
            deactivated: 0,
            blocked: 0,
            kept: 0,
        }
    }
}
