//! One browser with a profile of its own, and what a person does at it: visit, follow, press, type, read.
//! Everything is found by the words on the page. Leaves the server to `support::world`, the keyboard to `keyboard`.

use std::future::Future;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crosswalk::demo::DEMO_PASSWORD;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel, RequestData, SessionId};

use crate::support::{Database, World};

/// Whether the browser runs the scripts of pages. WebDriver's own always run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    On,
    Off,
}

#[derive(Clone)]
pub struct Window {
    pub driver: WebDriver,
    address: String,
    script: Script,
}

/// How long a page may take to show what is looked for, on two busy cores.
const PATIENCE: Duration = Duration::from_secs(10);

/// Writes each journey once, and runs it with JavaScript on and off:
/// `journeys! { async fn a_clerk_reads_unauthorized(world, clerk) { ... } }`
#[macro_export]
macro_rules! journeys {
    ($(async fn $name:ident($world:ident, $window:ident) $body:block)+) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn journey($world: $crate::support::World, $window: $crate::window::Window) $body

            #[test]
            fn with_javascript() {
                $crate::window::run(stringify!($name), $crate::window::Script::On, journey);
            }

            #[test]
            fn without_javascript() {
                $crate::window::run(stringify!($name), $crate::window::Script::Off, journey);
            }
        })+
    };
}

/// Runs a journey in a world of its own. When it fails, the page it failed on is kept as a picture.
pub fn run<F, Fut>(name: &'static str, script: Script, journey: F)
where
    F: FnOnce(World, Window) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    crate::support::world::run(Database::Sqlite, move |world| async move {
        let window = Window::open(&world, script).await;
        // In a task of its own, so that a failure still comes back here, where the browser is closed.
        let outcome = tokio::spawn(journey(world, window.clone())).await;
        if outcome.is_err() {
            window.keep_picture(name).await;
        }
        window.close().await;
        if let Err(failure) = outcome {
            std::panic::resume_unwind(failure.into_panic());
        }
    });
}

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: start the tests with ./scripts/test --browser"))
}

impl Window {
    pub async fn open(world: &World, script: Script) -> Window {
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(&setting("CROSSWALK_TEST_CHROMIUM")).unwrap();
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0);
        let sandbox = is_root.then_some("--no-sandbox");
        // Each session gets an empty profile from ChromeDriver.
        let always = [
            "--headless=new",
            "--window-size=1280,900",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            // What is asked for is there at once, not after a glide.
            "--force-prefers-reduced-motion",
        ];
        for arg in sandbox.into_iter().chain(always) {
            wanted.add_arg(arg).unwrap();
        }
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        let mut prefs = json!({ "credentials_enable_service": false, "profile.password_manager_enabled": false });
        if script == Script::Off {
            prefs["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        wanted.add_experimental_option("prefs", prefs).unwrap();
        let driver = WebDriver::new(setting("CROSSWALK_TEST_CHROMEDRIVER"), wanted).await.expect("a browser");
        let window = Window { driver, address: world.address.clone(), script };
        window.set_width(1280).await;
        // A browser that runs scripts after all would make half of the tests say nothing.
        window.visit("/sign-in").await;
        let loaded = window.ask("return typeof htmx !== 'undefined'").await;
        assert_eq!(loaded, json!(script == Script::On), "JavaScript should be {script:?}");
        window
    }

    /// Another browser, of somebody else, in the same world.
    pub async fn another(&self, world: &World) -> Window {
        Window::open(world, self.script).await
    }

    pub async fn close(self) {
        // What is left of a browser that cannot be closed goes with ChromeDriver.
        let _ = self.driver.quit().await;
    }

    async fn keep_picture(&self, name: &str) {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{:?}.png", self.script));
        let at = self.driver.current_url().await.map(|u| u.to_string()).unwrap_or_default();
        if self.driver.screenshot(&path).await.is_ok() {
            eprintln!("failed at {at}; the page is kept in {}", path.display());
        }
    }

    // Going places

    pub async fn visit(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.address)).await.unwrap_or_else(|e| panic!("{path}: {e}"));
    }

    pub async fn sign_in(&self, user_id: &str) {
        self.visit("/sign-in").await;
        self.give(user_id, DEMO_PASSWORD).await;
        self.reads("Sign out").await;
    }

    /// Fills the sign-in form and sends it.
    pub async fn give(&self, user_id: &str, password: &str) {
        self.fill("User ID", user_id).await;
        self.fill("Password", password).await;
        self.press("Sign in").await;
    }

    /// The path and query of the page.
    pub async fn place(&self) -> String {
        let url = self.driver.current_url().await.unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |q| format!("{}?{q}", url.path()))
    }

    /// Waits until the page is the one at `path`.
    pub async fn arrives(&self, path: &str) {
        self.until(&format!("the page {path}"), || async { self.place().await == path }).await;
    }

    /// The status of the answer that the page came with.
    pub async fn status(&self) -> u64 {
        let status = self.ask("return performance.getEntriesByType('navigation')[0].responseStatus").await;
        status.as_u64().unwrap()
    }

    // Doing things

    /// Follows the only link with these words.
    pub async fn follow(&self, words: &str) {
        self.only(&link(words)).await.click().await.unwrap();
    }

    /// Follows the link of the first row.
    pub async fn follow_first_row(&self, region: &str) {
        let path = format!("(//*[@role='region' and @aria-label={}]//tbody/tr/th/a)[1]", quoted(region));
        self.only(&path).await.click().await.unwrap();
    }

    /// Follows the crumb to the page above this one.
    pub async fn go_up(&self) {
        self.only("//nav[@aria-label='Breadcrumb']//li[last()]/a").await.click().await.unwrap();
    }

    /// Presses the only button with these words.
    pub async fn press(&self, words: &str) {
        self.leave_by(&button(words)).await;
    }

    /// Presses a button of the form with this name or heading.
    pub async fn press_in(&self, form: &str, words: &str) {
        let form = quoted(form);
        let path = format!(
            "//form[@aria-label={form} or @aria-labelledby=//*[normalize-space(.)={form}]/@id]{}",
            button(words)
        );
        self.leave_by(&path).await;
    }

    /// Presses a button in the row that begins with `row`.
    pub async fn press_in_row(&self, row: &str, words: &str) {
        self.leave_by(&format!("//tr[th[normalize-space(.)={}]]{}", quoted(row), button(words))).await;
    }

    /// Every button of ours sends a form: waits for the page that answers, so that nothing is done to the old one.
    async fn leave_by(&self, xpath: &str) {
        let page = "return performance.timeOrigin";
        let left = self.ask(page).await;
        self.only(xpath).await.click().await.unwrap();
        self.until("the next page", || async {
            let here = self.driver.execute(page, vec![]).await;
            here.is_ok_and(|here| *here.json() != left)
        })
        .await;
    }

    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses a file as the browser's own dialogue would.
    pub async fn choose_file(&self, label: &str, path: &Path) {
        self.field(label).await.send_keys(path.to_str().unwrap()).await.unwrap();
    }

    /// Chooses an option of a drop-down.
    pub async fn choose(&self, label: &str, option: &str) {
        let id = self.field(label).await.id().await.unwrap().unwrap();
        let path = format!("//select[@id={}]/option[normalize-space(.)={}]", quoted(&id), quoted(option));
        self.only(&path).await.click().await.unwrap();
    }

    /// Picks the choice with these words in the row that begins with `row`.
    pub async fn pick_in_row(&self, row: &str, words: &str) {
        let path = format!("//tr[th[normalize-space(.)={}]]//label[normalize-space(.)={}]", quoted(row), quoted(words));
        self.only(&path).await.click().await.unwrap();
    }

    // Looking

    /// Waits until the page says so.
    pub async fn reads(&self, text: &str) {
        self.until(&format!("{text:?} on the page"), || async { self.text().await.contains(text) }).await;
    }

    pub async fn reads_all(&self, texts: &[&str]) {
        for text in texts {
            self.reads(text).await;
        }
    }

    /// Fails when the page, as it is now, says so.
    pub async fn reads_nothing_of(&self, text: &str) {
        let page = self.text().await;
        assert!(!page.contains(text), "{text:?} is on the page {}:\n{page}", self.place().await);
    }

    /// Waits until the page has this heading.
    pub async fn heading(&self, words: &str) {
        let path = format!("//h1[normalize-space(.)={}]", quoted(words));
        self.until(&format!("the heading {words:?}"), || async { !self.all(&path).await.is_empty() }).await;
    }

    /// How far down the page something stands that has these words as its heading or its name.
    pub async fn top_of(&self, words: &str) -> f64 {
        let words = quoted(words);
        let path = format!("//h2[normalize-space(.)={words}] | //*[@role='region' and @aria-label={words}]");
        self.only(&path).await.rect().await.unwrap().y
    }

    /// Where a link leads.
    pub async fn target_of(&self, words: &str) -> String {
        self.only(&link(words)).await.attr("href").await.unwrap().unwrap_or_default()
    }

    pub async fn has_link(&self, words: &str) -> bool {
        !self.all(&link(words)).await.is_empty()
    }

    pub async fn has_button(&self, words: &str) -> bool {
        !self.all(&button(words)).await.is_empty()
    }

    /// Whether anything is labelled so.
    pub async fn has_field(&self, label: &str) -> bool {
        !self.all(&labelled(label)).await.is_empty()
    }

    pub async fn value(&self, label: &str) -> String {
        self.field(label).await.prop("value").await.unwrap().unwrap_or_default()
    }

    /// The text of the row that begins with `row`.
    pub async fn row(&self, row: &str) -> String {
        let element = self.only(&format!("//tr[th[normalize-space(.)={}]]", quoted(row))).await;
        squeezed(&element.text().await.unwrap())
    }

    /// The first cell of each row of the only table, or of the table with this name.
    pub async fn first_cells(&self, region: &str) -> Vec<String> {
        let script = "const t = [...document.querySelectorAll('[role=region]')].find((r) => r.ariaLabel === arguments[0]); \
                      return t ? [...t.querySelectorAll('tbody > tr > th')].map((c) => c.innerText) : []";
        let cells = self.driver.execute(script, vec![json!(region)]).await.unwrap();
        cells.convert::<Vec<String>>().unwrap().iter().map(|c| squeezed(c)).collect()
    }

    /// All that can be read on the page, blanks squeezed.
    pub async fn text(&self) -> String {
        let script = "return document.body ? document.body.innerText : ''";
        squeezed(self.ask(script).await.as_str().unwrap_or_default())
    }

    // Under the bonnet

    async fn field(&self, label: &str) -> WebElement {
        let label = self.only(&labelled(label)).await;
        let id = label.attr("for").await.unwrap().expect("a label that says whose it is");
        self.driver.find(By::Id(id)).await.expect("the field of the label")
    }

    async fn all(&self, xpath: &str) -> Vec<WebElement> {
        self.driver.find_all(By::XPath(xpath)).await.unwrap()
    }

    /// Waits for the one element; two that cannot be told apart by their words are a fault of the page.
    async fn only(&self, xpath: &str) -> WebElement {
        self.until(xpath, || async { !self.all(xpath).await.is_empty() }).await;
        let mut found = self.all(xpath).await;
        assert_eq!(found.len(), 1, "{xpath} is there {} times on {}", found.len(), self.place().await);
        found.remove(0)
    }

    pub async fn until<F, Fut>(&self, what: &str, mut is_so: F)
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = bool>,
    {
        let began = Instant::now();
        while !is_so().await {
            if began.elapsed() > PATIENCE {
                panic!("waited for {what} on {}:\n{}", self.place().await, self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// Runs a script of the test's, which the page's own policy does not bind.
    pub async fn ask(&self, script: &str) -> Value {
        match self.driver.execute(script, vec![]).await {
            Ok(answer) => answer.json().clone(),
            Err(e) => panic!("{}: {e}", script.chars().take(200).collect::<String>()),
        }
    }

    /// The width of the page, as on a smaller screen.
    pub async fn set_width(&self, width: u32) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    pub async fn devtools(&self, command: &str, params: Value) {
        let command = DevTools(json!({ "cmd": command, "params": params }));
        self.driver.cmd(command).await.expect("DevTools");
    }

    /// What the browser complained of since it was asked last: script errors, broken policy, missing files.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.driver.browser_log().await.unwrap();
        entries.into_iter().filter(|e| e.level == "SEVERE" || e.level == "WARNING").map(|e| e.message).collect()
    }
}

#[derive(Debug)]
struct DevTools(Value);

impl FormatRequestData for DevTools {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(reqwest::Method::POST, format!("session/{session}/goog/cdp/execute")).add_body(self.0.clone())
    }
}

fn link(words: &str) -> String {
    format!("//a[normalize-space(.)={}]", quoted(words))
}

fn button(words: &str) -> String {
    format!("//button[normalize-space(.)={}]", quoted(words))
}

fn labelled(words: &str) -> String {
    format!("//label[normalize-space(.)={}]", quoted(words))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A string in XPath, which has no escapes.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
