//! Files of any bytes, in any place: a plan or a reason, and never a panic.

use proptest::prelude::*;
use proptest::sample::select;

use super::sheets::{Sheets, sheets};
use super::world::{World, planner};
use crate::db::Db;
use crate::runs::RunState;
use crate::sources::Slot;
use crate::sync::{self, Asked, GivenFile, Scope};

/// Bytes, or cells that almost make a file, or a good file with some of its bytes changed.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let words = &[
        "Student_Number",
        "Users_DCID",
        "PERSON.ID",
        "Last_Name",
        "First_Name",
        "Email",
        "Grade_Level",
        "Enroll_Status",
        "Host ID Student",
        "Host ID Parent",
        "STUDENTDCID",
        "dcid",
        "1",
        "01",
        "S1",
        "-1",
        "99999999999999999999",
        "é",
        "\u{feff}",
        "\0",
        "\"",
        "\"\"",
        "",
        " ",
        "0/0/0",
        "a@b",
        "#delete",
        "=1+1",
        "\u{202e}",
    ][..];
    let separators = &["\t", ",", ";", "\n", "\r\n", "\r", "\t", "\n"][..];
    let cells = proptest::collection::vec((select(words), select(separators)), 0..60);
    let cells = cells.prop_map(|c| c.into_iter().flat_map(|(word, end)| [word, end]).collect::<String>().into_bytes());
    let changed = (sheets(), any::<usize>(), proptest::collection::vec((any::<usize>(), any::<u8>()), 0..4));
    let changed = changed.prop_map(|(sheets, turn, changes): (Sheets, usize, Vec<(usize, u8)>)| {
        let mut bytes = sheets.files(turn).into_iter().next().map(|f| f.bytes).unwrap_or_default();
        for (at, byte) in changes {
            let length = bytes.len().max(1);
            if let Some(b) = bytes.get_mut(at % length) {
                *b = byte;
            }
        }
        bytes
    });
    prop_oneof![1 => proptest::collection::vec(any::<u8>(), 0..200), 3 => cells, 4 => changed]
}

pub fn garbage() -> impl Strategy<Value = (Vec<(Slot, Vec<u8>)>, bool)> {
    let slot = select(&[Slot::Students, Slot::Teachers, Slot::Parents, Slot::Relationships][..]);
    let files = proptest::collection::vec((slot, bytes()), 1..4).prop_map(|mut files| {
        files.sort_by_key(|f| f.0.code());
        files.dedup_by_key(|f| f.0.code());
        files
    });
    (files, any::<bool>())
}

/// A plan that can be made can be applied, or is held.
pub fn plan_garbage(db: &Db, number: u32, (files, is_full): (Vec<(Slot, Vec<u8>)>, bool)) {
    let mut world = World::open(db, number);
    let given: Vec<GivenFile> =
        files.into_iter().map(|(slot, bytes)| GivenFile::new(slot, format!("{}.txt", slot.code()), bytes)).collect();
    let scope = if is_full { Scope::Full } else { Scope::OnlyThese };
    let asked = Asked { integration: "vidigami".into(), scope, map: Default::default() };
    let now = world.tick();
    match sync::plan(&world.db, &world.school, &given, &asked, &planner(), now).unwrap() {
        Err((_, problem)) => assert!(!problem.to_string().is_empty()),
        Ok(run) => {
            let run = world.run(run);
            assert!(matches!(run.state, RunState::Planned | RunState::Held), "{}", run.state);
            world.apply(&run);
        }
    }
}
