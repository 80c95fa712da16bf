//! On paper: the record without what only a screen is for, light whatever the theme.

use serde_json::json;

use crate::journeys::{AMARA, AMARAS_IDS};
use crate::support::World;
use crate::window::{Script, Window, run};

#[test]
fn a_printed_biographic_page_has_no_menu_and_is_light() {
    run("paper", Script::On, paper);
}

async fn paper(world: World, registrar: Window) {
    let _world = world;
    registrar.sign_in("registrar").await;
    registrar.press("Use the dark theme").await;
    registrar.visit(AMARA).await;
    registrar.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    for gone in ["nav", "footer", "button", ".cw-me", ".cw-actions", ".cw-skip"] {
        let shown =
            format!("return [...document.querySelectorAll('{gone}')].filter((e) => e.checkVisibility()).length");
        assert_eq!(registrar.ask(&shown).await, 0, "{gone} is printed");
    }
    registrar.reads_all(&["Amara Chidinma Okonkwo", "NC0001234", "Guardians", "Northfield College"]).await;
    assert_eq!(registrar.ask("return getComputedStyle(document.body).backgroundColor").await, "rgb(255, 255, 255)");
    // The two columns stay beside each other, and nothing is wider than A4 between its margins.
    registrar.set_width(688).await;
    let tops = "const s = document.querySelectorAll('.cw-cols > section'); \
                return Math.abs(s[0].getBoundingClientRect().top - s[1].getBoundingClientRect().top) < 1";
    assert_eq!(registrar.ask(tops).await, true);
    let fits = "return document.scrollingElement.scrollWidth <= innerWidth";
    assert_eq!(registrar.ask(fits).await, true);
    // The IDs are printed without what is there to change them.
    registrar.visit(AMARAS_IDS).await;
    registrar.reads_all(&["0049317", "Life of each ID"]).await;
    for words in ["Keep all", "Add an integration ID", "Submit"] {
        registrar.reads_nothing_of(words).await;
    }
    assert_eq!(registrar.ask(fits).await, true);
}
