//! Whether files are written to the end, pure: none of them has changed for a while.
//! Leaves looking at the folder to `sync::watch::folder`.

use std::collections::HashMap;

use chrono::{NaiveDateTime, TimeDelta};

use super::folder::Found;

/// What was seen of a folder so far, on this node.
#[derive(Debug, Default)]
pub struct Settling(HashMap<String, (Found, NaiveDateTime)>);

impl Settling {
    /// Takes note of what is there now; true where all of it has stood still for so long. A copy that keeps the time of
    /// its original looks old from the first byte on: so only what was seen here counts.
    pub fn have_settled(&mut self, files: &[Found], now: NaiveDateTime, quiet: TimeDelta) -> bool {
        self.0.retain(|name, _| files.iter().any(|f| f.name == *name));
        let mut all = true;
        for file in files {
            let seen = self.0.entry(file.name.clone()).or_insert_with(|| (file.clone(), now));
            // A clock that was set back begins anew.
            if seen.0 != *file || seen.1 > now {
                *seen = (file.clone(), now);
            }
            all &= now - seen.1 >= quiet;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use proptest::prelude::*;

    use super::*;

    fn file(name: &str, size: u64, modified: u64) -> Found {
        Found { name: name.into(), size, modified: SystemTime::UNIX_EPOCH + Duration::from_secs(modified) }
    }

    fn at(second: i64) -> NaiveDateTime {
        NaiveDateTime::default() + TimeDelta::seconds(second)
    }

    const QUIET: TimeDelta = TimeDelta::seconds(30);

    #[test]
    fn all_files_wait_for_the_one_that_still_grows() {
        let mut seen = Settling::default();
        let (whole, grows) = (file("students.txt", 9, 5), |n| file("parents.txt", n, 5));
        assert!(!seen.have_settled(&[whole.clone(), grows(1)], at(0), QUIET));
        assert!(!seen.have_settled(&[whole.clone(), grows(2)], at(29), QUIET));
        assert!(!seen.have_settled(&[whole.clone(), grows(2)], at(58), QUIET));
        assert!(seen.have_settled(&[whole.clone(), grows(2)], at(59), QUIET));
        // Rewritten to the same length: the time tells.
        assert!(!seen.have_settled(&[whole.clone(), file("parents.txt", 2, 6)], at(60), QUIET));
        // One more arrives.
        assert!(!seen.have_settled(&[whole, file("parents.txt", 2, 6), file("x", 0, 0)], at(91), QUIET));
        assert!(seen.have_settled(&[], at(92), QUIET), "an empty folder keeps nobody waiting");
    }

    proptest! {
        /// However somebody writes, nothing counts as whole that changed within the time before.
        #[test]
        fn nothing_that_changed_lately_is_whole(steps in proptest::collection::vec((1_i64..50, proptest::bool::ANY), 1..40)) {
            let (mut seen, mut now, mut size, mut changed) = (Settling::default(), 0, 1, 0);
            seen.have_settled(&[file("a", size, 0)], at(now), QUIET);
            for (wait, writes) in steps {
                now += wait;
                if writes {
                    size += 1;
                    changed = now;
                }
                let whole = seen.have_settled(&[file("a", size, 0)], at(now), QUIET);
                prop_assert_eq!(whole, now - changed >= 30);
            }
        }
    }
}
