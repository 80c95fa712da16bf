//! What a test run leaves behind: nothing.
//! Leaves the cluster of PostgreSQL to `scripts/test`, which removes it.

use std::process::Command;

#[test]
fn a_test_run_leaves_nothing_in_the_temporary_folder() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "routes::an_address_that_is_not_in_the_table_is_not_there::sqlite"])
        .envs([("TMPDIR", folder.path().to_str().unwrap()), ("CROSSWALK_TEST_DATABASES", "sqlite")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(said.contains("1 passed"), "{said}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().path()).collect();
    assert!(left.is_empty(), "{left:?}");
}
