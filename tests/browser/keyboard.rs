//! The whole main job by keyboard alone: no pointer is ever used, and every stop on the way is ringed and in view.

use thirtyfour::{Key, TypingData};

use crate::journeys;
use crate::window::Window;

/// More stops than any page has.
const MOST_STOPS: usize = 150;

/// What the person at the keyboard is at: its name, and what may be wrong with how it shows.
const STOP: &str = r#"
    const e = document.activeElement;
    const text = (n) => n ? n.textContent.trim().replace(/\s+/g, ' ') : '';
    const label = e.labels && e.labels[0];
    const name = e.getAttribute('aria-label') || text(label) || text(e);
    const row = (e.getAttribute('aria-describedby') || '').split(' ').map((id) => text(document.getElementById(id))).join(' ').trim();
    // A box that a label lies over is ringed all the same.
    const style = getComputedStyle(e);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const r = e.getBoundingClientRect();
    const inView = r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth && r.width > 0;
    return { name, row, ring, inView, tag: e.tagName };
"#;

impl Window {
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// The name of what has the focus.
    pub async fn focused(&self) -> String {
        self.ask(STOP).await["name"].as_str().unwrap_or_default().to_owned()
    }

    /// Presses Tab until the thing with this name has the focus.
    async fn tab_to(&self, name: &str) {
        let mut stops = Vec::new();
        for _ in 0..MOST_STOPS {
            self.keys(Key::Tab + "").await;
            let stop = self.ask(STOP).await;
            let here = stop["name"].as_str().unwrap_or_default().to_owned();
            let place = self.place().await;
            if stop["tag"] != "BODY" {
                assert_eq!(stop["ring"], true, "nothing shows that {here:?} has the focus on {place}");
                assert_eq!(stop["inView"], true, "{here:?} has the focus out of view on {place}");
            }
            if here == name {
                return;
            }
            stops.push(here);
        }
        panic!("Tab does not lead to {name:?} on {}: {stops:?}", self.place().await);
    }
}

journeys! {
    async fn the_main_job_is_done_by_keyboard_alone(world, registrar) {
        let _world = world;
        registrar.visit("/sign-in").await;
        registrar.tab_to("User ID").await;
        registrar.keys("registrar").await;
        registrar.tab_to("Password").await;
        registrar.keys("crosswalk-demo" + Key::Enter).await;
        registrar.heading("People").await;

        // The first stop of every page leads past the menu.
        registrar.tab_to("Skip to content").await;
        registrar.keys(Key::Enter + "").await;
        registrar.tab_to("Search by name, SONIS ID, e-mail or integration ID").await;
        registrar.keys("Ngozi" + Key::Enter).await;
        registrar.until("the only Ngozi", || async { registrar.first_cells("People").await == ["Okonkwo, Ngozi"] }).await;
        registrar.tab_to("Okonkwo, Ngozi").await;
        registrar.keys(Key::Enter + "").await;
        registrar.heading("Ngozi Adaeze Okonkwo").await;
        registrar.tab_to("View").await;
        registrar.keys(Key::Enter + "").await;
        registrar.reads("No Integration ID Records").await;

        registrar.tab_to("Integration").await;
        registrar.keys("Can").await;
        registrar.tab_to("Integration ID").await;
        registrar.keys("0700300").await;
        registrar.tab_to("Submit").await;
        registrar.keys(Key::Enter + "").await;
        registrar.reads("Canvas ID added. 0700300").await;

        // The choices are one stop; arrows move between them, and each says which row it is in.
        registrar.tab_to("Keep all").await;
        registrar.keys(Key::Up + "").await;
        let stop = registrar.ask(STOP).await;
        assert_eq!((stop["name"].as_str(), stop["row"].as_str()), (Some("Delete"), Some("Canvas")));
        registrar.tab_to("Submit").await;
        registrar.keys(Key::Enter + "").await;
        registrar.reads("Canvas ID deleted. 0700300").await;
        registrar.tab_to("Undo").await;
        registrar.keys(Key::Enter + "").await;
        registrar.reads("Canvas ID is back. 0700300").await;
        registrar.tab_to("Dismiss").await;
        registrar.keys(Key::Enter + "").await;
        registrar.until("the banner to go", || async { !registrar.has_button("Dismiss").await }).await;
        registrar.tab_to("Sign out").await;
        registrar.keys(Key::Enter + "").await;
        registrar.heading("Sign in").await;
    }

    async fn an_error_summary_leads_to_its_field(world, registrar) {
        let _world = world;
        registrar.sign_in("registrar").await;
        registrar.visit("/people/NC0001235/edit").await;
        registrar.fill("Grad year", "soon").await;
        registrar.press("Submit").await;
        registrar.reads("There is a problem").await;
        assert!(registrar.driver.title().await.unwrap().starts_with("Error: "));
        registrar.tab_to("Grad year is a year of four digits").await;
        registrar.keys(Key::Enter + "").await;
        registrar.until("the field", || async { registrar.ask("return location.hash").await == "#grad_year" }).await;
        registrar.keys("2031").await;
        let typed = registrar.value("Grad year").await;
        assert!(typed.contains("2031"), "the keys go to the field that the summary leads to: {typed:?}");
    }
}
