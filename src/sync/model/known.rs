//! Histories that went wrong once, or that chance rarely plays.
//! Leaves random ones to the folder's `mod.rs`.

use super::matching::Line;
use super::sheets::{Row, Sheet, Sheets, Tie};
use super::world::{World, on_each_database, planner};
use super::{Both, Step};
use crate::error::AppError;
use crate::integration_ids::{self, Editor};
use crate::people::MemberType::{self, Parent, Staff, Student};
use crate::runs::Applied;
use crate::security::Sight;

fn sheet(member_type: MemberType, rows: &[(u64, u8)]) -> Option<Sheet> {
    let row = |(key, email): &(u64, u8)| Row {
        key: *key,
        name: 0,
        whose: member_type,
        email: *email,
        is_shouted: false,
        grade: Some(2),
        born: None,
        enrollment: "0",
    };
    let has_grade = member_type == Student;
    let rows = rows.iter().map(row).collect();
    Some(Sheet { member_type, has_email: true, has_grade, has_birth: false, has_enrollment: false, rows })
}

/// The student 1 with the parent 1, and whatever `change` says.
fn family(kind: &'static str, change: impl FnOnce(&mut Sheets)) -> Step {
    let mut sheets = Sheets {
        students: sheet(Student, &[(1, 0)]),
        teachers: None,
        parents: sheet(Parent, &[(1, 0)]),
        relationships: Some(vec![Tie { student: 1, parent: 1, kind }]),
        is_full: false,
    };
    change(&mut sheets);
    Step::Sync { sheets, turn: 0, exclude: None, is_undone: false }
}

const PARENTS_ALONE: Step = Step::Again { which: 0, kept: 0b100, turn: 0, is_full: false };

fn play(name: &str, steps: &[Step]) {
    on_each_database(name, |open| {
        let mut both = Both::begin(&open(), 0);
        steps.iter().for_each(|step| both.step(step));
    });
}

#[test]
fn a_parent_follows_a_child_who_was_moved_by_hand_though_the_parents_row_is_as_it_was() {
    let leaves = Step::Edit { who: 0, field: 3, value: 1 };
    play("follows", &[family("Mother", |_| {}), PARENTS_ALONE, leaves, PARENTS_ALONE]);
}

#[test]
fn a_full_list_without_relationships_ends_them_though_the_parents_row_is_as_it_was() {
    let bare = |is_full| family("Mother", |s| (s.relationships, s.is_full) = (Some(Vec::new()), is_full));
    play("ends", &[family("Mother", |_| {}), bare(false), bare(true)]);
    let relationships_alone = family("Mother", |s| {
        (s.students, s.parents, s.relationships, s.is_full) = (None, None, Some(Vec::new()), true);
    });
    play("ends_alone", &[family("Mother", |_| {}), relationships_alone]);
}

#[test]
fn a_kind_of_relationship_that_was_changed_again_is_not_taken_back() {
    let changes = ["Mother", "Father", ""].map(|kind| family(kind, |_| {}));
    play("kinds", &[&changes[..], &[Step::Undo { which: 1 }]].concat());
}

#[test]
fn somebody_who_would_come_back_and_is_left_out_is_not_counted_as_back() {
    let Step::Sync { sheets, .. } = family("Mother", |_| {}) else { return };
    let again = Step::Sync { sheets, turn: 0, exclude: Some(0), is_undone: false };
    play("left_out", &[family("Mother", |_| {}), Step::Undo { which: 0 }, again]);
}

#[test]
fn a_relationship_to_a_student_who_is_blocked_and_known_by_the_host_id_alone_waits() {
    let add = |member_type, email| Step::AddPerson { member_type, email };
    let blocked = family("Mother", |s| s.students = sheet(Student, &[(1, 2)]));
    play("waits", &[add(0, 1), Step::AddId { who: 0, value: "S1" }, add(1, 2), blocked]);
}

#[test]
fn an_e_mail_that_a_blocked_row_leaves_with_its_person_is_not_given_to_another() {
    let teachers = |rows: &[(u64, u8)]| family("Mother", |s| s.teachers = sheet(Staff, rows));
    // The second wants the third's and stays, so that the first cannot have the second's.
    play("stays", &[teachers(&[(1, 1), (2, 2), (3, 3)]), teachers(&[(1, 2), (2, 3), (3, 3)])]);
}

#[test]
fn somebody_withdrawn_is_in_no_group_whichever_sync_put_them_there() {
    let years = Step::Settings { grade_groups: true, grad_year_groups: true, deactivates: false, without: false };
    play("withdrawn", &[family("Mother", |_| {}), years, family("Mother", |_| {}), Step::Undo { which: 0 }]);
}

#[test]
fn a_ring_longer_than_what_is_done_at_a_time_is_carried_out_and_undone_whole() {
    const LENGTH: u64 = 1_100;
    on_each_database("ring", |open| {
        let mut world = World::open(&open(), 0);
        let rows: Vec<(u64, u8)> = (1..=LENGTH).map(|key| (key, 0)).collect();
        let everybody = Sheets {
            students: sheet(Student, &rows),
            teachers: None,
            parents: None,
            relationships: None,
            is_full: true,
        };
        let first = world.plan(&everybody, 0);
        assert!(matches!(world.apply(&first), Applied::Done));
        let before = world.seen();
        let lines = Line::ring(LENGTH);
        let run = world.plan_list(&lines, 7);
        assert!(matches!(world.apply(&run), Applied::Done));
        let after = world.seen();
        for human in &after.people {
            let (_, key) = human.keys.first().unwrap();
            assert_eq!(human.host_id, Some(format!("S{}", key % LENGTH + 1)));
        }
        assert_eq!(
            world.plan_list(&lines, 2).counts.updated,
            0,
            "a ring goes on one step at a time only where it is told to"
        );
        assert!(world.undo(run.id).unwrap().is_some());
        assert_eq!(world.seen(), before);

        // One of them is changed by hand: all of the ring stays.
        let run = world.plan_list(&lines, 0);
        assert!(matches!(world.apply(&run), Applied::Done));
        let person = world.person(&after.people[600].sonis_id).id;
        let now = world.tick();
        let (school, sight) = (&world.school, Sight::of_operator());
        let records = world.db.read(|conn| integration_ids::of_person(conn, school, &sight, person)).unwrap();
        let live = records.into_iter().find(|r| r.removed.is_none()).unwrap();
        let editor = Editor { school, actor: &planner(), reach: &sight, now };
        integration_ids::delete(&world.db, &editor, person, live.id).unwrap();
        let kept = world.seen();
        let undone = world.undo(run.id);
        assert!(matches!(&undone, Err(AppError::Conflict(said)) if said.contains("Nothing of run")), "{undone:?}");
        assert_eq!(world.seen(), kept);
    });
}

#[test]
fn a_relationship_to_a_student_who_was_left_out_is_not_taken_back_with_the_run_that_could_not_make_it() {
    let Step::Sync { sheets, .. } = family("Mother", |s| s.students = sheet(Student, &[(4, 0)])) else { return };
    let sheets = Sheets { relationships: Some(vec![Tie { student: 4, parent: 1, kind: "Mother" }]), ..sheets };
    let without = Step::Sync { sheets, turn: 0, exclude: Some(0), is_undone: false };
    play("not_made", &[without, Step::Again { which: 0, kept: 0, turn: 0, is_full: false }, Step::Undo { which: 0 }]);
}

#[test]
fn a_number_that_was_said_to_be_a_record_that_was_merged_leads_to_the_one_that_stayed() {
    let merge = Step::Merge { ends: 1, stays: 0, picks: 1 << 31, takes_id: false };
    let students = |rows: &[(u64, u8)]| family("Mother", |s| s.students = sheet(Student, rows));
    let steps = [
        students(&[(1, 1), (2, 2)]),
        Step::Likely { key: 3, who: 1, is_same: Some(true) },
        merge,
        students(&[(3, 3)]),
        students(&[(2, 1), (3, 3)]),
        students(&[(1, 1), (2, 1), (3, 3)]),
        Step::Undo { which: 1 },
        students(&[(1, 1), (2, 2), (3, 3)]),
    ];
    play("said_of_merged", &steps);
}

#[test]
fn two_rows_of_somebody_who_was_merged_say_what_the_own_number_says_and_the_other_alone_says_it_too() {
    let merge = Step::Merge { ends: 1, stays: 0, picks: 1 << 31, takes_id: true };
    let students = |rows: &[(u64, u8)]| family("Mother", |s| s.students = sheet(Student, rows));
    let both = students(&[(1, 1), (2, 2)]);
    let other = students(&[(2, 3)]);
    let full = family("Mother", |s| (s.students, s.is_full) = (sheet(Student, &[(2, 0)]), true));
    let deactivates = Step::Settings { grade_groups: true, grad_year_groups: true, deactivates: true, without: false };
    let neither = family("Mother", |s| (s.students, s.is_full) = (sheet(Student, &[(3, 0)]), true));
    let steps = [
        both.clone(),
        deactivates,
        merge,
        both.clone(),
        other,
        full,
        both.clone(),
        neither,
        Step::Undo { which: 1 },
        both,
    ];
    play("merged_rows", &steps);
}

#[test]
fn a_parent_without_an_account_of_their_own_comes_again_after_an_undo() {
    let is_one = Step::Twin { staff: 1, parent: 1, is_same: Some(true) };
    let sheets = Sheets {
        students: None,
        teachers: sheet(Staff, &[(1, 1)]),
        parents: sheet(Parent, &[(1, 1)]),
        relationships: None,
        is_full: false,
    };
    play("no_account", &[is_one, Step::Sync { sheets, turn: 0, exclude: None, is_undone: true }]);
}

#[test]
fn a_parent_gets_an_account_in_the_very_sync_that_makes_the_record_of_staff_inactive() {
    let is_one = Step::Twin { staff: 5, parent: 1, is_same: Some(true) };
    let deactivates = Step::Settings { grade_groups: true, grad_year_groups: true, deactivates: true, without: false };
    let teachers = family("Mother", |s| (s.students, s.teachers, s.parents) = (None, sheet(Staff, &[(5, 1)]), None));
    let gone = family("Mother", |s| (s.teachers, s.is_full) = (sheet(Staff, &[]), true));
    play("leaves_now", &[teachers, is_one, deactivates, gone]);
}

#[test]
fn a_relationship_to_a_number_that_is_said_to_be_a_student_of_the_school_is_theirs_though_its_row_is_not_taken() {
    let first = family("Mother", |s| (s.students, s.relationships) = (sheet(Student, &[(2, 1)]), None));
    let is_same = Step::Likely { key: 5, who: 0, is_same: Some(true) };
    let unreadable = family("Mother", |s| {
        let rows = sheet(Student, &[(5, 1)]).map(|sheet| Sheet { has_enrollment: true, ..sheet });
        s.students = rows.map(|mut sheet| {
            sheet.rows.iter_mut().for_each(|row| row.enrollment = "9");
            sheet
        });
        s.parents = None;
        s.relationships = Some(vec![Tie { student: 5, parent: 1, kind: "Mother" }]);
    });
    play("said_and_unread", &[first, is_same, unreadable]);
}

#[test]
fn parents_who_were_merged_keep_the_children_of_both() {
    let merge = Step::Merge { ends: 3, stays: 2, picks: 1 << 31, takes_id: false };
    let tie = |student, parent, kind| Tie { student, parent, kind };
    let two = family("Mother", |s| {
        s.students = sheet(Student, &[(1, 0), (2, 1)]);
        s.parents = sheet(Parent, &[(1, 2), (2, 3)]);
        s.relationships = Some(vec![tie(1, 1, "Mother"), tie(2, 2, ""), tie(1, 2, "Father")]);
        s.is_full = true;
    });
    play(
        "merged_parents",
        &[two.clone(), merge, two.clone(), Step::Undo { which: 1 }, two.clone(), Step::Undo { which: 0 }],
    );
}
