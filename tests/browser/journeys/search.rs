//! What JavaScript adds: the list narrows while somebody types, and single keys lead to the search and the help.

use thirtyfour::Key;

use crate::support::World;
use crate::window::{Script, Window, run};

const SEARCH: &str = "Search by name, SONIS ID, e-mail or integration ID";

#[test]
fn the_list_narrows_while_somebody_types_and_back_leads_back() {
    run("search_as_you_type", Script::On, search_as_you_type);
}

async fn search_as_you_type(world: World, registrar: Window) {
    let _world = world;
    registrar.sign_in("registrar").await;
    registrar.heading("People").await;
    registrar.ask("window.stayed = true").await;
    let all = registrar.first_cells("People").await;
    registrar.fill(SEARCH, "konkw").await;
    let okonkwos = ["Okonkwo, Amara", "Okonkwo, Emeka", "Okonkwo, Ngozi"];
    registrar.until("the Okonkwos", || async { registrar.first_cells("People").await == okonkwos }).await;
    assert_eq!(registrar.ask("return window.stayed").await, true, "without Enter, and without a new page");
    assert!(registrar.place().await.contains("q=konkw"), "the filter lives in the address");
    assert_eq!(registrar.focused().await, SEARCH, "the cursor stays where it was");
    // What stands around the list follows it.
    assert!(registrar.target_of("Download CSV").await.contains("q=konkw"));

    // An ID that is typed to its end does not take the page away from under the hands.
    registrar.fill(SEARCH, "NC0001234").await;
    registrar.until("Amara", || async { registrar.first_cells("People").await == okonkwos[..1] }).await;
    registrar.fill(SEARCH, "konkw").await;
    registrar.until("the Okonkwos", || async { registrar.first_cells("People").await == okonkwos }).await;

    registrar.follow("Okonkwo, Emeka").await;
    registrar.heading("Emeka Okonkwo").await;
    registrar.driver.back().await.unwrap();
    registrar.until("the Okonkwos", || async { registrar.first_cells("People").await == okonkwos }).await;
    assert_eq!(registrar.value(SEARCH).await, "konkw");
    registrar.heading("People").await;
    // Back through what was typed, to the whole list: each time a whole page, with its head and its search.
    let mut steps = 0;
    while registrar.first_cells("People").await != all {
        steps += 1;
        assert!(steps < 12, "Back does not lead to the whole list: {}", registrar.text().await);
        registrar.driver.back().await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        registrar.heading("People").await;
        registrar.reads_all(&["Sign out", "Download CSV", "Rows on a page"]).await;
    }
    assert_eq!(registrar.value(SEARCH).await, "");
}

#[test]
fn single_keys_lead_to_the_search_and_the_help_and_can_be_switched_off() {
    run("single_keys", Script::On, single_keys);
}

async fn single_keys(world: World, viewer: Window) {
    let _world = world;
    viewer.sign_in("viewer").await;
    viewer.heading("People").await;
    viewer.keys("/").await;
    assert_eq!(viewer.focused().await, SEARCH);
    assert_eq!(viewer.value(SEARCH).await, "", "the key itself is not typed");
    // In a field the keys are letters like others.
    viewer.keys("a/?").await;
    assert_eq!(viewer.value(SEARCH).await, "a/?");
    viewer.visit("/runs").await;
    viewer.keys("?").await;
    viewer.heading("Help and keys").await;
    viewer.keys("/").await;
    viewer.heading("People").await;

    viewer.visit("/account").await;
    viewer.press("Switch keys off").await;
    viewer.reads("Off: single keys do nothing.").await;
    viewer.keys("?").await;
    viewer.visit("/people").await;
    viewer.keys("/").await;
    assert_ne!(viewer.focused().await, SEARCH);
    assert_eq!(viewer.place().await, "/people");
    viewer.visit("/account").await;
    viewer.press("Switch keys on").await;
    viewer.reads("goes to the search").await;
    viewer.keys("?").await;
    viewer.heading("Help and keys").await;
    // With Ctrl, a key is the browser's.
    viewer.visit("/runs").await;
    viewer.driver.action_chain().key_down(Key::Control).send_keys("/").key_up(Key::Control).perform().await.unwrap();
    viewer.heading("Runs").await;
}
