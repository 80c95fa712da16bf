//! An apply killed at a random moment: nothing of it is there, or all of it, and the rerun comes to the same.
//! The soak kills more, and larger ones: `CROSSWALK_KILLS`, `CROSSWALK_KILL_ROWS`. A test run's program is not optimised,
//! so that its applies are of fewer rows, over as many batches.

use std::time::Instant;

use super::prepared::{Prepared, amount, everybody, let_leases_run_out};
use crate::at_both_desks;
use crate::support::{Database, Desk};

at_both_desks! {
    fn an_apply_killed_at_any_moment_left_nothing_or_everything_and_the_rerun_comes_to_the_same(desk) {
        let (kills, rows) = (amount("CROSSWALK_KILLS", 5), amount("CROSSWALK_KILL_ROWS", 10_000));
        let plan = Prepared::at(&desk, rows);
        let copy = desk.copy();
        let begun = Instant::now();
        assert!(plan.apply(&desk, &copy).wait().unwrap().success());
        let whole = begun.elapsed();
        assert!(plan.assert_all_or_nothing(&copy));
        let undisturbed = everybody(&copy);
        assert_eq!(undisturbed.len(), rows);
        let (mut all, mut none) = (0, 0);
        for kill in 0..kills {
            let copy = desk.copy();
            let mut child = plan.apply(&desk, &copy);
            // Each kill has its own stretch of the time that an apply takes, and a random moment in it.
            let at = (kill as f64 + rand::random::<f64>()) / kills as f64;
            std::thread::sleep(whole.mul_f64(at));
            child.kill().unwrap();
            child.wait().unwrap();
            desk.check(&copy);
            if plan.assert_all_or_nothing(&copy) {
                all += 1;
            } else {
                none += 1;
                let_leases_run_out(&copy);
                let again = plan.apply(&desk, &copy).wait_with_output().unwrap();
                assert!(again.status.success(), "{again:?}");
                assert!(plan.assert_all_or_nothing(&copy));
                desk.check(&copy);
            }
            assert!(everybody(&copy) == undisturbed, "the rerun came to something else");
        }
        desk.drop_copy();
        assert!(none > 0, "every kill came too late");
        let database = if desk.database == Database::Sqlite { "SQLite" } else { "PostgreSQL" };
        println!(
            "- {kills} applies of {rows} rows killed with SIGKILL on {database}, spread over the {:.1} s that one takes: {none} left \
             nothing of themselves, {all} had come to their end, none lay between. `crosswalk check` found no fault, and each \
             rerun came to the same {rows} people, IDs and groups as an undisturbed apply.",
            whole.as_secs_f64()
        );
    }
}

impl Desk {
    fn check(&self, url: &str) {
        let checked = self.run_in(&["check"], "", |c| {
            c.env("DATABASE_URL", url);
        });
        assert_eq!(checked.code, 0, "{checked:?}");
    }
}
