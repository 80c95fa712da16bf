//! The seals, against whoever may write to the database and has no key.
//! Leaves the commands that export a head and check against it to `heads`.

use std::collections::BTreeSet;

use crosswalk::audit::{Broken, Head, Key, Source, StoredEntry, heads, seal_all, verify};

use super::{AMARA, chain, fill, key, until_sealed};
use crate::on_both;
use crate::support::{self, Database};

on_both! {
    async fn two_nodes_that_seal_at_once_number_each_entry_once(world) {
        let key = key();
        fill(&world, 1, 300);
        let done: usize = std::thread::scope(|scope| {
            let nodes: Vec<_> = (0..4).map(|_| scope.spawn(|| until_sealed(&world.db, &key))).collect();
            nodes.into_iter().map(|n| n.join().unwrap()).sum()
        });
        assert!(done >= 300, "{done}");
        let entries = chain(&world.db, Source::Activity);
        assert_eq!(verify(&key, Source::Activity, None, &entries), Ok(()));
        assert_eq!(entries.iter().map(|e| e.id).collect::<BTreeSet<_>>().len(), entries.len());
        assert_eq!(entries.len(), done - usize::try_from(world.count("audit_entries")).unwrap());
        let other = Key::new(vec![9; 32]).unwrap();
        fill(&world, 1, 1);
        assert!(seal_all(&world.db, &other).is_err(), "another key continued the chain");
        assert_eq!(chain(&world.db, Source::Activity).len(), entries.len());
    }
}

/// A small generator with a seed: each run tries the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }
}

/// One random edit of what stands in the table, as somebody who may write to the database but has no key would make it.
fn tamper(entries: &mut Vec<StoredEntry>, chance: &mut Chance) -> &'static str {
    let (i, j) = (chance.below(entries.len()), chance.below(entries.len()));
    let e = &mut entries[i];
    let something = format!("{}", chance.below(1_000_000_000));
    match chance.below(16) {
        0 => {
            e.subject.push('x');
            "a subject"
        }
        1 => {
            e.subject = something;
            "a subject anew"
        }
        2 => {
            e.actor_name.push(' ');
            "an actor"
        }
        3 => {
            e.actor_user = Some(e.actor_user.map_or(1, |u| u + 1));
            "an actor's user"
        }
        4 => {
            e.at += chrono::Duration::microseconds(1 + chance.below(1_000_000) as i64);
            "a time"
        }
        5 => {
            e.action = if e.action == "refused" { "signed_in".into() } else { "refused".into() };
            "an action"
        }
        6 => {
            e.person = Some(crosswalk::people::PersonId(e.person.map_or(1, |p| p.0 + 1)));
            "a person"
        }
        7 => {
            e.request = match &e.request {
                Some(_) => None,
                None => Some(String::new()),
            };
            "a request"
        }
        8 => {
            e.school = None;
            "a school"
        }
        9 => {
            e.id += 1_000_000;
            "a row's number"
        }
        10 => {
            entries.remove(i);
            "an entry gone"
        }
        11 => {
            let gone = i + 1;
            entries.truncate(i);
            if gone == 0 { "nothing" } else { "a tail cut" }
        }
        12 => {
            let j = if i == j { (j + 1) % entries.len() } else { j };
            let (a, b) = (entries[i].seal_number, entries[j].seal_number);
            (entries[i].seal_number, entries[j].seal_number) = (b, a);
            entries.sort_by_key(|e| e.seal_number);
            "two entries in another order"
        }
        13 => {
            let copy = entries[i].clone();
            entries.insert(j, copy);
            "an entry twice"
        }
        14 => {
            // A forged entry at its end, and everything after it renumbered.
            let mut forged = entries[i].clone();
            forged.subject.push_str(" forged");
            entries.insert(i, forged);
            for (n, e) in entries.iter_mut().enumerate() {
                e.seal_number = Some(n as i64 + 1);
            }
            "an entry inserted and all renumbered"
        }
        _ => {
            entries.remove(i);
            for (n, e) in entries.iter_mut().enumerate() {
                e.seal_number = Some(n as i64 + 1);
            }
            "an entry gone and all renumbered"
        }
    }
}

/// Row 24 of the hardening list.
#[test]
fn of_a_thousand_random_edits_and_cut_tails_none_goes_unnoticed_against_an_exported_head() {
    support::world::run(Database::Sqlite, |world| async move {
        fill(&world, 1, 200);
        world.signed_in("registrar").await.get(&format!("{AMARA}/integration-ids")).await;
        let key = key();
        seal_all(&world.db, &key).unwrap();
        let all: Vec<Head> = heads(&world.db, "NFC", Some(crosswalk::schools::SchoolId(1))).unwrap();
        let head = all.iter().find(|h| h.source == Source::Activity).unwrap();
        let entries = chain(&world.db, Source::Activity);
        assert_eq!(verify(&key, Source::Activity, Some(head), &entries), Ok(()));
        let mut chance = Chance(0x5eed_2026);
        for n in 0..1000 {
            let mut tampered = entries.clone();
            let what = tamper(&mut tampered, &mut chance);
            assert_ne!(tampered, entries, "{n}: {what} is no edit");
            assert!(verify(&key, Source::Activity, Some(head), &tampered).is_err(), "{n}: {what} was not noticed");
        }
        // Without the head every edit but a cut tail shows; with it each cut does, be it of one entry.
        for cut in [1, 2, 50, entries.len()] {
            let kept = &entries[..entries.len() - cut];
            assert_eq!(verify(&key, Source::Activity, None, kept), Ok(()));
            let found = verify(&key, Source::Activity, Some(head), kept);
            assert!(matches!(found, Err(Broken::Cut { .. })), "{cut}: {found:?}");
        }
    });
}
