//! What can be done to a school, and how often it is drawn. Leaves doing it to the model's other files.

use proptest::prelude::*;

use super::matching::{Moving, moving};
use super::sheets::{Sheets, sheets};

#[derive(Debug, Clone)]
pub(super) enum Step {
    Sync {
        sheets: Sheets,
        turn: usize,
        exclude: Option<u8>,
        is_undone: bool,
    },
    /// Files that were there before, or some of them.
    Again {
        which: u8,
        kept: u8,
        turn: usize,
        is_full: bool,
    },
    Edit {
        who: u8,
        field: u8,
        value: u8,
    },
    AddPerson {
        member_type: u8,
        email: u8,
    },
    AddId {
        who: u8,
        value: &'static str,
    },
    DeleteId {
        who: u8,
    },
    Match {
        moving: Vec<Moving>,
        turn: usize,
        exclude: Option<u8>,
        is_undone: bool,
    },
    Merge {
        ends: u8,
        stays: u8,
        /// Bit by bit: which fields are taken from the one who ends.
        picks: u32,
        takes_id: bool,
    },
    Undo {
        which: u8,
    },
    Settings {
        grade_groups: bool,
        grad_year_groups: bool,
        deactivates: bool,
        without: bool,
    },
    /// What is to be of an e-mail; None takes it back. Somebody is named by a place, and by the number or the SONIS ID.
    Email {
        email: u8,
        verdict: Option<u8>,
        whom: u8,
        is_by_key: bool,
    },
    /// Whether two are one human; None takes it back.
    Twin {
        staff: u64,
        parent: u64,
        is_same: Option<bool>,
    },
    /// Whether a number is somebody of the school; None takes it back.
    Likely {
        key: u64,
        who: u8,
        is_same: Option<bool>,
    },
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let id = proptest::sample::select(&["S1", "s2", "S3", "T1", "t2", "P1", "p2", "X1"][..]);
    let exclude = proptest::option::weighted(0.15, any::<u8>());
    let exclude_too = proptest::option::weighted(0.15, any::<u8>());
    prop_oneof![
        6 => (sheets(), any::<usize>(), exclude, proptest::bool::weighted(0.2))
            .prop_map(|(sheets, turn, exclude, is_undone)| Step::Sync { sheets, turn, exclude, is_undone }),
        4 => (any::<u8>(), any::<u8>(), any::<usize>(), any::<bool>())
            .prop_map(|(which, kept, turn, is_full)| Step::Again { which, kept, turn, is_full }),
        4 => (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(who, field, value)| Step::Edit { who, field, value }),
        1 => (0_u8..3, 0_u8..4).prop_map(|(member_type, email)| Step::AddPerson { member_type, email }),
        1 => (any::<u8>(), id).prop_map(|(who, value)| Step::AddId { who, value }),
        1 => any::<u8>().prop_map(|who| Step::DeleteId { who }),
        3 => (proptest::collection::vec(moving(), 1..6), any::<usize>(), exclude_too, proptest::bool::weighted(0.3))
            .prop_map(|(moving, turn, exclude, is_undone)| Step::Match { moving, turn, exclude, is_undone }),
        2 => (any::<u8>(), any::<u8>(), any::<u32>(), any::<bool>())
            .prop_map(|(ends, stays, picks, takes_id)| Step::Merge { ends, stays, picks, takes_id }),
        3 => any::<u8>().prop_map(|which| Step::Undo { which }),
        1 => (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(grade_groups, grad_year_groups, deactivates, without)| {
                Step::Settings { grade_groups, grad_year_groups, deactivates, without }
            }
        ),
        3 => (1_u8..4, proptest::option::weighted(0.8, 0_u8..4), any::<u8>(), any::<bool>())
            .prop_map(|(email, verdict, whom, is_by_key)| Step::Email { email, verdict, whom, is_by_key }),
        2 => (1_u64..=5, 1_u64..=5, proptest::option::weighted(0.8, any::<bool>()))
            .prop_map(|(staff, parent, is_same)| Step::Twin { staff, parent, is_same }),
        3 => (1_u64..=5, any::<u8>(), proptest::option::weighted(0.8, any::<bool>()))
            .prop_map(|(key, who, is_same)| Step::Likely { key, who, is_same }),
    ]
}
