//! The registrar's main job, and what others see of it.

use crate::on_both;

/// The first demo student: has Vidigami, Canvas, Perceptive and JRM IDs.
const AMARA: &str = "/people/NC0001234";

on_both! {
    async fn a_registrar_sees_view_and_a_clerk_reads_unauthorized(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.get(AMARA).await.assert_status(200).assert_has(">View</a>").assert_lacks("Unauthorized");
        let clerk = world.signed_in("clerk").await;
        clerk.get(AMARA).await.assert_status(200).assert_has("Unauthorized").assert_lacks(">View</a>");
        clerk.get(&format!("{AMARA}/integration-ids")).await.assert_status(403).assert_has("Unauthorized").assert_lacks("S2038917");
    }
}
