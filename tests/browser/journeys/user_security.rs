//! A security administrator grants a Task, and the user's page changes at their next click.

use super::AMARA;
use crate::journeys;

journeys! {
    async fn a_grant_turns_unauthorized_to_view_in_the_other_browser(world, security) {
        let clerk = security.another(&world).await;
        clerk.sign_in("clerk").await;
        clerk.visit(AMARA).await;
        clerk.reads("Unauthorized").await;
        security.sign_in("security").await;
        security.follow("User Security").await;
        security.tick("Choose clerk").await;
        security.press("Edit").await;
        for _ in 0..3 {
            security.press("Next").await;
        }
        security.reads("Do you wish to add additional privileges (Ex. overrides) to this user's access?").await;
        security.press("Yes").await;
        security.tick("View/modify integration IDs").await;
        security.press("Back").await;
        security.press("Yes").await;
        security.press("Submit").await;
        security.reads_all(&["Granted: View/modify integration IDs, without end", "Reference"]).await;
        clerk.visit(AMARA).await;
        clerk.reads_nothing_of("Unauthorized").await;
        clerk.follow("View").await;
        clerk.reads("Canvas").await;
        clerk.close().await;
    }
}
