//! The guard: which plans are too much to be applied without a second person. Pure.
//! Leaves keeping and releasing them to `runs::hold`, and what counts as a change to the planner.

use crate::people::MemberType;
use crate::runs::HeldFor;

/// A limit in per cent of the people of a member type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(pub u8);

/// Clever's rule, unless the school has set its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub deactivated: Share,
    pub updated: Share,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { deactivated: Share(10), updated: Share(75) }
    }
}

/// What a plan does to the people of one member type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub member_type: MemberType,
    /// Active people of the school before.
    pub held: i64,
    pub updated: i64,
    pub deactivated: i64,
    /// Rows of the file; None where there was no file.
    pub rows: Option<i64>,
}

impl Share {
    /// Whether `part` is more than this share of `whole`.
    fn is_passed(self, part: i64, whole: i64) -> bool {
        whole > 0 && part.saturating_mul(100) > whole.saturating_mul(i64::from(self.0))
    }
}

/// Why a plan is held; empty where it is not. `emptied` are the names of groups that would have no member left.
pub fn held_for(limits: Limits, tallies: &[Tally], emptied: &[String]) -> Vec<HeldFor> {
    let mut held = Vec::new();
    for t in tallies {
        let whom = plural(t.member_type);
        if t.rows == Some(0) {
            held.push(format!("The file of {whom} is empty."));
        }
        if limits.deactivated.is_passed(t.deactivated, t.held) {
            held.push(format!(
                "{} of {} active {whom} would become inactive: {}, and the limit is {} %.",
                t.deactivated,
                t.held,
                per_cent(t.deactivated, t.held),
                limits.deactivated.0
            ));
        }
        if limits.updated.is_passed(t.updated, t.held) {
            held.push(format!(
                "{} of {} active {whom} would be updated: {}, and the limit is {} %.",
                t.updated,
                t.held,
                per_cent(t.updated, t.held),
                limits.updated.0
            ));
        }
    }
    held.extend(emptied.iter().map(|name| format!("The group {name} would have no member left.")));
    held.into_iter().map(|what| HeldFor { what, is_handshake: false }).collect()
}

fn plural(member_type: MemberType) -> &'static str {
    match member_type {
        MemberType::Student => "students",
        MemberType::Staff => "teachers",
        MemberType::Parent => "parents",
    }
}

/// With a digit behind the point: 10.4 % is over 10 %.
fn per_cent(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "0 %".into();
    }
    let tenths = part.saturating_mul(1000) / whole;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tally(held: i64, updated: i64, deactivated: i64) -> Tally {
        Tally { member_type: MemberType::Student, held, updated, deactivated, rows: Some(held) }
    }

    fn reasons(tally: Tally) -> Vec<String> {
        held_for(Limits::default(), &[tally], &[]).into_iter().map(|h| h.what).collect()
    }

    #[test]
    fn the_limit_itself_passes_and_one_more_does_not() {
        assert_eq!(reasons(tally(200, 150, 20)), Vec::<String>::new());
        assert_eq!(
            reasons(tally(200, 0, 21)),
            ["21 of 200 active students would become inactive: 10.5 %, and the limit is 10 %."]
        );
        assert_eq!(
            reasons(tally(200, 151, 0)),
            ["151 of 200 active students would be updated: 75.5 %, and the limit is 75 %."]
        );
    }

    #[test]
    fn a_new_school_is_not_held_for_being_new() {
        assert_eq!(reasons(Tally { rows: Some(40), ..tally(0, 0, 0) }), Vec::<String>::new());
    }

    #[test]
    fn an_empty_file_and_an_emptied_group_are_held_and_a_missing_file_is_not() {
        let empty = Tally { rows: Some(0), ..tally(5, 0, 0) };
        assert_eq!(reasons(empty.clone()), ["The file of students is empty."]);
        assert_eq!(reasons(Tally { rows: None, ..empty }), Vec::<String>::new());
        let held = held_for(Limits::default(), &[], &["Grade 3".into()]);
        assert_eq!(
            held,
            [HeldFor { what: "The group Grade 3 would have no member left.".into(), is_handshake: false }]
        );
    }

    proptest! {
        #[test]
        fn a_plan_that_does_less_is_never_held_where_one_that_does_more_is_not(
            held in 0_i64..5000, updated in 0_i64..5000, deactivated in 0_i64..5000, less in 0_i64..5000,
        ) {
            let more = tally(held, updated, deactivated);
            let fewer = tally(held, (updated - less).max(0), (deactivated - less).max(0));
            if reasons(more).is_empty() {
                prop_assert!(reasons(fewer).is_empty());
            }
        }
    }
}
