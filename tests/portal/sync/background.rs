//! Work that takes longer than a visitor waits: it goes on, its page shows how far, it can be left, come back to and cancelled.

use std::fmt::Write;
use std::time::Duration;

use super::{empty, number, tile};
use crate::on_both;
use crate::support::{Answer, Visitor};

/// Enough for a debug build to need more than the two seconds that a form waits.
const MANY: u32 = 12_000;

fn many(grade: u32) -> String {
    let mut text = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\n".to_owned();
    for n in 0..MANY {
        writeln!(text, "{}\tFamily{n}\tGiven{n}\t{grade}", 5_000_000 + n).unwrap();
    }
    text
}

/// Loads a page, as the page itself would, until nobody works on it any more.
async fn until_done(visitor: &Visitor, place: &str) -> (String, Answer) {
    let mut place = place.to_owned();
    for _ in 0..600 {
        let page = visitor.get(&place).await;
        match page.location() {
            Some(next) => place = next,
            None if !page.has("id=\"progress\"") && !page.has("Reading the files") => return (place, page),
            None => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
    panic!("{place} is never done");
}

on_both! {
    async fn a_large_sync_goes_on_while_nobody_waits_and_can_be_cancelled(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let answer = sync.send_files("full", &[("students", &many(4))]).await;
        answer.assert_status(303);
        let (place, page) = until_done(&sync, &answer.location().unwrap()).await;
        assert_eq!(tile(&page, "Created"), "12,000");
        assert!(page.has("Page 1 of 240"), "the list has pages");
        sync.get(&format!("{place}?kind=created&page=240")).await.assert_has("Family11999").assert_lacks("Family11949<");

        // Cancelled as it is applied: nothing of it stays, and the page says so.
        let act = place.replace("/runs/", "/sync/");
        let applying = sync.post(&format!("{act}/apply"), &[]).await;
        applying.assert_status(303);
        let page = sync.get(&place).await;
        if page.has("id=\"progress\"") {
            page.assert_has(">Cancel<").assert_has("You may leave this page and come back.");
            sync.post(&format!("{act}/cancel"), &[]).await.assert_status(303);
            let (_, page) = until_done(&sync, &place).await;
            // On a quick machine it was done before it heard of it.
            if page.has("Preview of the roster sync") {
                page.assert_has("It came to nothing.").assert_has("The run was stopped. Nothing was changed.").assert_has(">Apply<");
                assert_eq!(world.number("SELECT count(*) AS value FROM people WHERE school_id = 1"), 0);
                sync.post(&format!("{act}/apply"), &[]).await.assert_status(303);
            }
        }
        let (_, summary) = until_done(&sync, &place).await;
        summary.assert_has("Import Summary").assert_lacks("It came to nothing.");
        assert_eq!(tile(&summary, "Users imported"), "12,000");

        let undoing = sync.post(&format!("{act}/undo"), &[]).await;
        undoing.assert_status(303);
        let (undo, page) = until_done(&sync, &undoing.location().unwrap()).await;
        assert_ne!(number(&undo), number(&place));
        page.assert_has("12000 reversed, 0 kept");
    }
}
