//! Edits while a large run of the school is applied, on whichever node: they are told to wait, and nothing is half done.
//! Leaves edits that meet each other to `races`.

use crate::on_both;

on_both! {
    async fn an_edit_while_another_run_is_applied_is_told_to_wait_and_can_be_made_afterwards(world) {
        let registrar = world.signed_in("registrar").await;
        let person = world.students_without_ids("NFC").remove(0);
        let place = format!("/people/{person}/integration-ids/add");
        let id = [("integration", "canvas"), ("value", "424242")];
        world.change("UPDATE runs SET state = 'applying' WHERE school_id = 1 AND id = (SELECT min(id) FROM runs WHERE school_id = 1)");
        let before = world.snapshot();
        let answer = registrar.post(&place, &id).await;
        answer.assert_status(503);
        world.assert_unchanged_since(&before);
        world.change("UPDATE runs SET state = 'applied' WHERE school_id = 1 AND state = 'applying'");
        registrar.post(&place, &id).await.assert_status(303);
        assert_eq!(world.ids_of(&person), ["canvas 424242"]);
    }
}
