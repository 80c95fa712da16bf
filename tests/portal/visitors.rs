//! What a node remembers of visitors ends with every change to what they may do or are told.
//! That grants and their ends count from the next click on is tested with `security`, over two nodes with `nodes`.

use crate::on_both;

on_both! {
    async fn every_change_to_access_raises_its_epoch_and_an_edit_of_a_person_does_not(world) {
        let epoch = || world.number("SELECT epoch AS value FROM access_epoch");
        for sql in [
            "UPDATE users SET name = name WHERE user_id = 'clerk'",
            "UPDATE grants SET ends_at = NULL WHERE user_id = 1",
            "DELETE FROM grants WHERE user_id = 2",
            "INSERT INTO user_limits (user_id, field, value) VALUES (2, 'campus', 'North')",
            "UPDATE user_limits SET value = 'South' WHERE user_id = 2",
            "DELETE FROM user_limits WHERE user_id = 2",
            "UPDATE schools SET name = 'Northfield' WHERE code = 'NFC'",
            "UPDATE schools SET time_zone = 'UTC' WHERE code = 'NFC'",
            "UPDATE school_integrations SET stage = 'ready' WHERE school_id = 1",
            "UPDATE integrations SET name = name || '!'",
            "INSERT INTO ready_dismissals (school_id, integration_id, user_id, dismissed_at) \
             SELECT 1, min(id), 1, '2026-01-01 00:00:00' FROM integrations",
            "DELETE FROM ready_dismissals",
        ] {
            let before = epoch();
            assert!(world.change(sql) > 0, "{sql}: no row");
            assert!(epoch() > before, "{sql}");
        }
        let before = epoch();
        world.change("UPDATE people SET phone = '1' WHERE school_id = 1");
        world.change("UPDATE counters SET next_value = next_value + 1");
        assert_eq!(epoch(), before, "whoever edits people does not make every node read every visitor anew");
    }
}
