//! The audit: who may read it, what it shows of whom, and that no change of it goes unnoticed. Here is what its tests stand on.
//! Leaves that views and refusals are recorded at all to `unauthorized`.

mod heads;
mod listing;
mod tampering;

use crosswalk::audit::{Key, Source, StoredEntry, seal_all, sealed};
use crosswalk::db::Db;
use crosswalk::schools::CurrentSchool;

use crate::support::World;

const AMARA: &str = "/people/NC0001234";

/// Puts `n` entries of a minute each into a school's activity, the last at 2026-03-08 00:00 UTC.
fn fill(world: &World, school: i64, n: i64) {
    for i in 0..n {
        let (day, minute) = if i == n - 1 { (8, 0) } else { (7, 1440 - n + i) };
        world.change_activity(&format!(
            "INSERT INTO activity_entries (school_id, at, actor_name, action, subject) \
             VALUES ({school}, '2026-03-0{day} {:02}:{:02}:00', 'Filler', 'refused', 'entry {i:03}')",
            minute / 60,
            minute % 60
        ));
    }
}

fn key() -> Key {
    Key::new(b"a key that the tests have, 32 bytes long".to_vec()).unwrap()
}

/// Seals as the background thread does, until there is nothing to do.
fn until_sealed(db: &Db, key: &Key) -> usize {
    let mut done = 0;
    for _ in 0..50 {
        match seal_all(db, key) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(e) => panic!("{e}"),
        }
    }
    done
}

fn chain(db: &Db, source: Source) -> Vec<StoredEntry> {
    let school = db.read(|conn| CurrentSchool::by_code(conn, "NFC")).unwrap().unwrap();
    source.read(db, |conn| sealed(conn, source, Some(school.id()), i64::MIN, 100_000)).unwrap()
}
