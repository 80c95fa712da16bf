//! Looks at one page after the other, keeps what is wrong with them, and knows which pages of the route table it has seen.
//! Leaves the way to each page to the files beside it.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use crosswalk::routes::table;
use serde_json::json;

use crate::window::Window;

const AXE: &str = include_str!("../vendor/axe/axe.min.js");

/// WCAG 2.0 to 2.2, A and AA, and what axe-core calls best practice, in both themes. Targets are 24 px, which axe leaves
/// off by itself.
const LOOK: &str = r#"
    const done = arguments[arguments.length - 1];
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
    const options = { runOnly: tags, rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] };
    const root = document.documentElement, own = root.dataset.bsTheme, found = [];
    (async () => {
        for (const theme of ['light', 'dark']) {
            root.dataset.bsTheme = theme;
            const result = await axe.run(document, options);
            for (const v of result.violations) for (const n of v.nodes)
                found.push([`${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary}`, theme]);
        }
    })().catch((e) => found.push([String(e), 'axe-core'])).finally(() => { root.dataset.bsTheme = own; done(found); });
"#;

/// Answers that are no pages, or only lead to one.
const NO_PAGES: [&str; 14] = [
    "/sync/emails.csv",
    "/desk.csv",
    "/runs/{run}/changes.csv",
    "/runs/{run}/blocked/{slot}.csv",
    "/groups.csv",
    "/groups/{group}/members.csv",
    "/",
    "/health",
    "/static/{file}",
    "/people.csv",
    "/runs/{run}/problems.csv",
    "/audit.csv",
    "/security.csv",
    "/security/access.csv",
];

pub struct Sweep {
    pub window: Window,
    /// The patterns of the route table that were looked at.
    seen: BTreeSet<&'static str>,
    pages: usize,
    /// What is wrong, and on which pages.
    faults: BTreeMap<String, Vec<String>>,
}

impl Sweep {
    pub async fn begin(window: &Window) -> Sweep {
        // At hand in every document, whatever its own policy says.
        window.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": AXE })).await;
        Sweep { window: window.clone(), seen: BTreeSet::new(), pages: 0, faults: BTreeMap::new() }
    }

    /// Opens an address and looks at the page.
    pub async fn page(&mut self, path: &str) {
        self.window.visit(path).await;
        self.here(path).await;
    }

    /// Looks at the page as it is now.
    pub async fn here(&mut self, name: &str) {
        let window = self.window.clone();
        self.pages += 1;
        self.note_place(&window.place().await);
        for width in [1280, 320] {
            window.set_width(width).await;
            self.picture(name, width).await;
            let wide = window.ask("const s = document.scrollingElement; return s.scrollWidth - innerWidth").await;
            if wide.as_i64().unwrap_or(1) > 0 {
                self.fault("wider than the screen", format!("{name}, {width} px: by {wide} px"));
            }
            let found = window.driver.execute_async(LOOK, vec![]).await.expect("axe-core");
            for (fault, theme) in found.convert::<Vec<(String, String)>>().expect("violations") {
                self.fault(&fault, format!("{name}, {theme}, {width} px"));
            }
        }
        window.set_width(1280).await;
        self.complaints(name).await;
    }

    /// Keeps what the page looks like, for somebody who wants to see: CROSSWALK_TEST_PICTURES names a folder.
    async fn picture(&self, name: &str, width: u32) {
        let Ok(folder) = std::env::var("CROSSWALK_TEST_PICTURES") else { return };
        let plain: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        for theme in ["light", "dark"] {
            let set = format!(
                "document.documentElement.dataset.bsTheme = '{theme}'; return document.documentElement.scrollHeight"
            );
            let height = self.window.ask(&set).await.as_u64().unwrap_or(900).clamp(900, 3000);
            let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
            self.window.devtools("Emulation.setDeviceMetricsOverride", size).await;
            let path = format!("{folder}/{:03}-{plain}-{width}-{theme}.png", self.pages);
            self.window.driver.screenshot(std::path::Path::new(&path)).await.expect("a picture");
        }
        self.window.set_width(width).await;
    }

    /// The status of a page of an error is told as a missing file would be; everything else is a fault.
    async fn complaints(&mut self, name: &str) {
        let status = self.window.status().await;
        let expected = format!("the server responded with a status of {status} ");
        let place = self.window.place().await;
        let all = self.window.complaints().await;
        let own = |c: &String| status >= 400 && c.contains(&expected) && c.contains(&format!("{place} - "));
        for complaint in all.into_iter().filter(|c| !own(c)) {
            self.fault(&complaint, name.to_owned());
        }
    }

    fn fault(&mut self, what: &str, place: String) {
        self.faults.entry(what.to_owned()).or_default().push(place);
    }

    fn note_place(&mut self, place: &str) {
        let path = place.split('?').next().unwrap_or_default();
        let fits = |pattern: &str| {
            let (a, b): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
            a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a == b || a.starts_with('{'))
        };
        // The first that fits, as the server itself chooses.
        self.seen.extend(table().iter().map(|l| l.path).find(|p| fits(p)));
    }

    pub async fn change_user(&self, user_id: &str) {
        self.window.driver.delete_all_cookies().await.unwrap();
        self.window.sign_in(user_id).await;
    }

    pub fn finish(self) {
        let pages: BTreeSet<&str> = table().iter().filter(|l| l.method == Method::GET).map(|l| l.path).collect();
        let missed: Vec<_> = pages.iter().filter(|p| !self.seen.contains(*p) && !NO_PAGES.contains(p)).collect();
        assert!(missed.is_empty(), "pages that nobody looked at: {missed:?}");
        println!("{} pages, each in two themes and two widths", self.pages);
        let faults: Vec<_> =
            self.faults.iter().map(|(what, places)| format!("{what}\n    on {}", places.join("; "))).collect();
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }
}
