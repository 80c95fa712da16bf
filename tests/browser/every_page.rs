//! Every kind of page, in both themes and at both ends of the widths: axe-core finds nothing, nothing is wider than the screen,
//! and the browser has nothing to complain of. A page that the route table has and this sweep has not is a failure.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use crosswalk::routes::table;
use crosswalk::schools::NewSchool;
use crosswalk::security::Profile;
use serde_json::json;

use crate::journeys::{AMARA, AMARAS_IDS, NGOZIS_IDS, add_user};
use crate::support::World;
use crate::window::{Script, Window, run};

const AXE: &str = include_str!("vendor/axe/axe.min.js");

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
const NO_PAGES: [&str; 10] = [
    "/",
    "/health",
    "/static/{file}",
    "/people.csv",
    "/groups.csv",
    "/groups/{group}/members.csv",
    "/runs/{run}/problems.csv",
    "/audit.csv",
    "/security.csv",
    "/security/access.csv",
];

#[test]
fn no_page_has_a_violation_in_either_theme_at_either_width() {
    run("every_page", Script::On, every_page);
}

struct Sweep {
    window: Window,
    /// The patterns of the route table that were looked at.
    seen: BTreeSet<&'static str>,
    pages: usize,
    /// What is wrong, and on which pages.
    faults: BTreeMap<String, Vec<String>>,
}

impl Sweep {
    /// Opens an address and looks at the page.
    async fn page(&mut self, path: &str) {
        self.window.visit(path).await;
        self.here(path).await;
    }

    /// Looks at the page as it is now.
    async fn here(&mut self, name: &str) {
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

    async fn change_user(&self, user_id: &str) {
        self.window.driver.delete_all_cookies().await.unwrap();
        self.window.sign_in(user_id).await;
    }

    fn finish(self) {
        let pages: BTreeSet<&str> = table().iter().filter(|l| l.method == Method::GET).map(|l| l.path).collect();
        let missed: Vec<_> = pages.iter().filter(|p| !self.seen.contains(*p) && !NO_PAGES.contains(p)).collect();
        assert!(missed.is_empty(), "pages that nobody looked at: {missed:?}");
        println!("{} pages, each in two themes and two widths", self.pages);
        let faults: Vec<_> =
            self.faults.iter().map(|(what, places)| format!("{what}\n    on {}", places.join("; "))).collect();
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }
}

async fn every_page(world: World, window: Window) {
    // At hand in every document, whatever its own policy says.
    window.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": AXE })).await;
    let mut sweep = Sweep { window: window.clone(), seen: BTreeSet::new(), pages: 0, faults: BTreeMap::new() };
    signed_out(&mut sweep).await;
    sweep.change_user("registrar").await;
    people(&mut sweep).await;
    integration_ids(&mut sweep).await;
    editing(&mut sweep, &world).await;
    importing(&mut sweep, &world).await;
    groups(&mut sweep, &world).await;
    account(&mut sweep, &world).await;
    refusals(&mut sweep, &world).await;
    kept_form(&mut sweep).await;
    others(&mut sweep, &world).await;
    audit(&mut sweep, &world).await;
    access(&mut sweep, &world).await;
    requests(&mut sweep, &world).await;
    support(&mut sweep).await;
    user_security(&mut sweep).await;
    sweep.finish();
}

async fn signed_out(sweep: &mut Sweep) {
    sweep.page("/sign-in").await;
    sweep.page("/sign-in?then=%2Fpeople").await;
    sweep.window.give("nobody", "nothing").await;
    sweep.window.reads("do not let you in").await;
    sweep.here("a sign-in that failed").await;
}

async fn people(sweep: &mut Sweep) {
    sweep.page("/people").await;
    sweep.page("/people?member=student&division=Upper+School&status=any&sort=-grade&rows=50").await;
    sweep.page("/people?q=nobody+is+called+so").await;
    sweep.page("/people?page=2").await;
    sweep.page(AMARA).await;
    for (member, name) in [("staff", "a member of staff"), ("parent", "a parent")] {
        sweep.window.visit(&format!("/people?member={member}")).await;
        sweep.window.follow_first_row("People").await;
        sweep.window.reads("Other PID").await;
        sweep.here(name).await;
    }
    sweep.page("/people/NC0001234/history").await;
    sweep.page("/people/new").await;
    sweep.window.press("Submit").await;
    sweep.window.reads("There is a problem").await;
    sweep.here("a new person without a name").await;
}

async fn integration_ids(sweep: &mut Sweep) {
    let window = sweep.window.clone();
    sweep.page(AMARAS_IDS).await;
    sweep.page(NGOZIS_IDS).await;
    window.press_in("Add an integration ID", "Submit").await;
    window.reads("There is a problem").await;
    sweep.here("an ID without an integration").await;
    window.choose("Integration", "Canvas").await;
    window.fill("Integration ID", "0049317").await;
    window.press_in("Add an integration ID", "Submit").await;
    window.reads("0049317 is the Canvas ID of").await;
    sweep.here("an ID that is taken").await;
    window.fill("Integration ID", "0700400").await;
    window.press_in("Add an integration ID", "Submit").await;
    window.reads("Canvas ID added.").await;
    sweep.here("an ID was added").await;
    window.press_in("Integration IDs on record", "Submit").await;
    window.reads("Nothing is chosen").await;
    sweep.here("nothing chosen to delete").await;
    window.pick_in_row("Canvas", "Delete").await;
    window.press_in("Integration IDs on record", "Submit").await;
    window.reads("Canvas ID deleted.").await;
    sweep.here("an ID was deleted").await;
    window.press("Undo").await;
    window.reads("Canvas ID is back.").await;
    sweep.here("an ID is back").await;
    sweep.page("/people/NC0001235/history").await;
    sweep.page("/runs").await;
    sweep.window.follow_first_row("Runs").await;
    window.reads("Takes back").await;
    sweep.here("the run of an ID").await;
}

async fn editing(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.page("/people/NC0001235/edit").await;
    window.fill("Birth date", "soon").await;
    window.press("Submit").await;
    window.reads("There is a problem").await;
    sweep.here("an edit with a mistake").await;
    window.visit("/people/NC0001236/edit").await;
    let other = world.signed_in("registrar").await;
    let fields = [("version", "0"), ("middle_name", "Chukwu"), ("phone", "+1 312 555 0199")];
    let version = window.ask("return document.querySelector('[name=version]').value").await;
    let fields = [("version", version.as_str().unwrap()), fields[1], fields[2]];
    other.post("/people/NC0001236/edit", &fields).await.assert_status(303);
    window.fill("Middle name", "Emeka").await;
    window.press("Submit").await;
    window.reads("changed this person while you were typing").await;
    sweep.here("somebody else was quicker").await;
    window.press("Submit").await;
    window.reads("Saved.").await;
    sweep.here("an edit that was saved").await;
    sweep.page("/people/NC0001236/history").await;
}

async fn importing(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.page("/people/import").await;
    window.press("Preview").await;
    window.reads("Choose the file").await;
    sweep.here("an import without a file").await;
    let file = world.folder().join("students.csv");
    let long = "Wolfeschlegelsteinhausenbergerdorff-Jiménez-Urquijo de la Santísima Trinidad";
    let rows = format!(
        "Student_Number,Last_Name,First_Name,Grade_Level,DOB\n\
         900001,{long},María Fernanda Guadalupe,9,03/14/2011\n900002,المنصوري,ليلى,10,02/30/2010\n,Nobody,Ng,,\n\
         900003,المنصوري,خالد,10,02/03/2010\n"
    );
    std::fs::write(&file, rows).unwrap();
    window.choose_file("Students", &file).await;
    window.press("Preview").await;
    window.reads("Nothing is changed yet").await;
    sweep.here("the preview of an import").await;
    let preview = window.place().await;
    sweep.page("/runs").await;
    window.visit(&preview).await;
    window.press("Apply").await;
    window.reads("Applied").await;
    sweep.here("the receipt of an import").await;
    sweep.page("/people?q=Wolfeschlegel").await;
    window.follow_first_row("People").await;
    window.reads("Other PID").await;
    sweep.here("somebody with a long name").await;
    window.visit(&preview).await;
    window.press("Undo").await;
    window.reads("reversed").await;
    sweep.here("the undo of an import").await;
    sweep.page(&preview).await;
    window.visit("/people/import").await;
    window.choose_file("Students", &file).await;
    window.press("Preview").await;
    window.press("Abandon").await;
    window.reads("The plan is abandoned").await;
    sweep.here("a plan that was abandoned").await;
    window.visit("/people/import").await;
    let same = world.folder().join("same.csv");
    std::fs::write(&same, "Student_Number,Last_Name,First_Name\n").unwrap();
    window.choose_file("Students", &same).await;
    window.press("Preview").await;
    window.reads("There is nothing to change").await;
    sweep.here("an import that changes nothing").await;
}

/// The directory before and after there are groups, and a group with what can be done to it.
async fn groups(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.page("/groups").await;
    let third = world.add_group("NFC", "academics", "Grade 3", Some("grade:3"));
    let long = "Grad Year 2031 and whoever joins them from the other campus";
    let year = world.add_group("NFC", "academics", long, Some("grad:2031"));
    let faculty = world.add_group("NFC", "internal", "Faculty Group", Some("faculty"));
    let chess = world.add_group("NFC", "clubs", "Chess", None);
    world.put_into(third, "sync", "p.member_type <> 'staff' AND p.id % 2 = 0");
    world.put_into(year, "sync", "p.sonis_id = 'NC0001236'");
    world.put_into(year, "hand", "p.sonis_id = 'NC0001236'");
    world.put_into(faculty, "sync", "p.member_type = 'staff'");
    sweep.page("/groups").await;
    sweep.page(&format!("/groups/{third}")).await;
    sweep.page(&format!("/groups/{third}?member=parent&page=2")).await;
    sweep.page(&format!("/groups/{third}?member=staff")).await;
    sweep.page(&format!("/groups/{chess}")).await;
    sweep.page("/people/NC0001236").await;
    world.let_use("registrar", "manage_groups");
    sweep.page(&format!("/groups/{year}")).await;
    window.press("Delete").await;
    window.reads("is not deleted").await;
    sweep.here("a placeholder group that is not deleted").await;
    window.fill("Name", " ").await;
    window.press("Rename").await;
    window.reads("Type a name for the group").await;
    sweep.here("a group without a name").await;
    window.press("Hide").await;
    window.reads("is hidden").await;
    sweep.here("a group that was hidden").await;
    sweep.page("/groups").await;
    world.change("DELETE FROM grants WHERE task = 'manage_groups' AND kind = 'use'");
}

async fn account(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    let _elsewhere = world.signed_in("registrar").await;
    sweep.page("/account").await;
    sweep.page("/account/password").await;
    window.press("Submit").await;
    window.reads("There is a problem").await;
    sweep.here("a password that is not changed").await;
    sweep.page("/help").await;
}

async fn refusals(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.page("/people/NC9999999").await;
    sweep.page("/no/such/page").await;
    // A tab that was left open while the school was changed in another.
    window.visit("/people/new").await;
    window.ask("document.querySelector('[name=school]').value = 'HAR'").await;
    window.press("Submit").await;
    window.heading("Another school").await;
    sweep.here("a form of another school").await;
    window.visit("/people/new").await;
    window.ask("document.querySelector('[name=school]').remove()").await;
    window.press("Submit").await;
    window.heading("Cannot be read").await;
    sweep.here("a form that lacks a field").await;
    window.visit("/people/new").await;
    window.ask("document.querySelector('textarea').value = 'x'.repeat(300000)").await;
    window.press("Submit").await;
    window.reads("Reference").await;
    sweep.here("a form that is too large").await;
    // An undo that comes too late.
    window.visit("/people/NC0001236/integration-ids").await;
    window.choose("Integration", "JRM").await;
    window.fill("Integration ID", "7c9e6679-7425-40de-944b-e07fc1f90ae7").await;
    window.press_in("Add an integration ID", "Submit").await;
    window.reads("JRM ID added.").await;
    window.pick_in_row("JRM", "Delete").await;
    window.press_in("Integration IDs on record", "Submit").await;
    window.reads("JRM ID deleted.").await;
    let other = world.signed_in("registrar").await;
    let another = [("integration", "jrm"), ("value", "another")];
    other.post("/people/NC0001236/integration-ids/add", &another).await.assert_status(303);
    window.press("Undo").await;
    window.heading("Somebody was quicker").await;
    sweep.here("an undo that comes too late").await;
}

/// A form sent after the session has ended.
async fn kept_form(sweep: &mut Sweep) {
    let window = sweep.window.clone();
    window.visit("/people/NC0001236/edit").await;
    window.driver.delete_all_cookies().await.unwrap();
    window.press("Submit").await;
    window.reads("Send again").await;
    sweep.here("a form that is kept").await;
}

/// What others see: less, or nothing yet.
async fn others(sweep: &mut Sweep, world: &World) {
    let now = world.clock.now();
    let school = NewSchool::parse("EMP", "Emberly Preparatory", "EP", "America/New_York").unwrap();
    world.db.write(|conn| Ok(school.add(conn, now).unwrap())).unwrap();
    add_user(world, "first", "Nadia Ferreira", "EMP", Profile::Registrar, false);
    add_user(world, "new", "Nils Ferreira", "NFC", Profile::Clerk, true);
    sweep.change_user("viewer").await;
    sweep.page(AMARAS_IDS).await;
    sweep.page("/people/NC0001237/integration-ids").await;
    sweep.page("/runs").await;
    sweep.change_user("clerk").await;
    sweep.page(AMARA).await;
    sweep.page(AMARAS_IDS).await;
    sweep.page("/people").await;
    sweep.page("/runs").await;
    sweep.change_user("support").await;
    sweep.page("/account").await;
    sweep.page("/people").await;
    sweep.change_user("first").await;
    sweep.page("/people").await;
    sweep.page("/runs").await;
    sweep.change_user("new").await;
    sweep.window.reads("Your password is a temporary one").await;
    sweep.here("a temporary password").await;
}

/// Who may view the audit sees it in the menu too.
async fn audit(sweep: &mut Sweep, world: &World) {
    world.let_audit("security");
    sweep.change_user("security").await;
    sweep.page("/audit").await;
    sweep.page("/audit?rows=25&actor=a&action=ids_viewed&from=2026-01-01&to=2100-01-01").await;
    sweep.page("/audit?person=NC9999999").await;
    sweep.page("/people/NC0001234/history").await;
    sweep.page("/people/NC0001239/history").await;
}

/// Who sees integration IDs, in all states that the list marks, and what one of them sees. The administrator is of two
/// schools here.
async fn access(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    let grant = |user: &str, school: &str, task: &str, days: i64| {
        let ends = (world.clock.now() + chrono::Duration::days(days)).format("%Y-%m-%d %H:%M:%S");
        world.change(&format!(
            "INSERT INTO grants (user_id, school_id, task, kind, integration_id, granted_by, granted_at, ends_at) \
             SELECT u.id, s.id, '{task}', 'use', CASE WHEN '{task}' = 'view_integration_ids' THEN i.id END, 'Ines Haddad', \
             u.created_at, '{ends}' FROM users u, schools s, integrations i \
             WHERE u.user_key = '{user}' AND s.code = '{school}' AND i.code = 'canvas'"
        ));
    };
    grant("registrar2", "NFC", "view_integration_ids", 3);
    grant("support", "NFC", "modify_integration_ids", 90);
    grant("security", "HAR", "administer_security", 90);
    add_user(world, "left", "Wanjiru Kamau", "NFC", Profile::Viewer, false);
    world.change("UPDATE users SET disabled_at = created_at WHERE user_key = 'left'");
    world.change("INSERT INTO user_limits (user_id, field, value) SELECT id, 'level', 'Upper' FROM users WHERE user_key = 'viewer'");
    world.change("UPDATE users SET is_limited = TRUE WHERE user_key = 'viewer'");
    sweep.change_user("security").await;
    sweep.page("/security/access").await;
    sweep.page("/security/access?integration=canvas").await;
    sweep.page("/security/access/registrar").await;
    window.fill("SONIS ID", "NC9999999").await;
    window.press("Show the page").await;
    window.reads("There is a problem").await;
    sweep.here("nobody to look at").await;
    sweep.page("/security/access/registrar?person=NC0001234").await;
    sweep.page("/security/access/clerk?person=NC0001234").await;
    let outside =
        world.text("SELECT min(sonis_id) AS value FROM people WHERE sonis_id LIKE 'NC%' AND member_type = 'parent'");
    sweep.page(&format!("/security/access/viewer?person={outside}")).await;
    sweep.page("/security/access/left?person=NC0001234").await;
    sweep.page("/security/access/compare").await;
    sweep.page("/security/access/compare?one=registrar&other=viewer").await;
    window.choose("School", "Harbor Academy").await;
    sweep.here("a school picked and not switched to").await;
    window.press("Switch").await;
    window.heading("People").await;
    sweep.here("another school").await;
    sweep.page("/security/access").await;
    sweep.change_user("support").await;
    sweep.page("/support/schools").await;
}

/// What a school's own people see of integrations.
async fn requests(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.change_user("registrar2").await;
    sweep.page("/integrations").await;
    window.ask("document.querySelector('form[action$=\"/jrm/request\"] button').click()").await;
    window.reads("JRM is requested.").await;
    sweep.here("an integration was requested").await;
    world.change("UPDATE school_integrations SET stage = 'ready' WHERE stage = 'requested'");
    sweep.page("/integrations").await;
    sweep.page("/people").await;
}

/// Support's console, where it works and where it asks first.
async fn support(sweep: &mut Sweep) {
    let window = sweep.window.clone();
    sweep.change_user("support").await;
    sweep.page("/support/audit").await;
    sweep.page("/support/schools").await;
    sweep.page("/support/schools/HAR").await;
    sweep.page("/support/schools/NFC").await;
    sweep.page("/support/schools/HAR/perceptive").await;
    sweep.page("/support/schools/NFC/canvas").await;
    window.choose("Stage", "Off").await;
    window.fill("Note", "The contract has ended.\nWe ask again in spring.").await;
    window.press_in("Move", "Submit").await;
    window.reads("Move Canvas to Off?").await;
    sweep.here("what Off would hide").await;
    window.press("Move to Off").await;
    window.reads("hidden and kept").await;
    sweep.here("an integration was switched off").await;
    window.choose("Stage", "Live").await;
    window.fill("Note", &"n".repeat(501)).await;
    window.press_in("Move", "Submit").await;
    window.reads("There is a problem").await;
    sweep.here("a note that is too long").await;
    sweep.page("/support/schools/NFC").await;
    sweep.page("/support/integrations").await;
    sweep.page("/support/integrations/new").await;
    window.press_in("Integration", "Submit").await;
    window.reads("There is a problem").await;
    sweep.here("a new integration without a name").await;
    sweep.page("/support/integrations/canvas/edit").await;
    window.fill("Shortest", "7").await;
    window.fill("Example", "00493170").await;
    window.fill("Longest", "8").await;
    window.fill("Shortest", "8").await;
    window.press_in("Integration", "Submit").await;
    window.reads("wrong?").await;
    sweep.here("a shape that would make IDs wrong").await;
    window.visit("/support/integrations/jrm/edit").await;
    window.press("Retire").await;
    window.reads("Retire JRM?").await;
    sweep.here("what retiring would do").await;
    window.press("Retire JRM").await;
    window.reads("JRM is retired.").await;
    sweep.here("an integration was retired").await;
    sweep.page("/support/integrations/jrm/edit").await;
}

/// The list of users, a user, and the wizard from its first page to its last.
async fn user_security(sweep: &mut Sweep) {
    sweep.change_user("security").await;
    let window = sweep.window.clone();
    sweep.page("/security").await;
    sweep.page("/security/profiles/new").await;
    window.press("Submit").await;
    window.reads("There is a problem").await;
    sweep.here("a profile without a name").await;
    window.fill("Name", "Front office").await;
    window.tick("View integration IDs").await;
    window.press("Submit").await;
    window.reads("The profile Front office is saved").await;
    sweep.here("profiles").await;
    window.follow("Front office").await;
    sweep.here("a profile").await;
    sweep.page("/security/profiles").await;
    sweep.page("/security?q=nobody+is+called+so").await;
    sweep.page("/security/users/security").await;
    sweep.page("/security/users/clerk").await;
    window.press("Set temporary password").await;
    window.reads("There is a problem").await;
    sweep.here("a temporary password that is too weak").await;
    window.visit("/security").await;
    window.press("New user").await;
    window.reads("Temporary password").await;
    sweep.here("the wizard: a new user").await;
    window.press("Next").await;
    window.reads("There is a problem").await;
    sweep.here("the wizard: a new user without a name").await;
    window.visit("/security").await;
    window.tick("Choose clerk").await;
    window.press("Edit").await;
    sweep.here("the wizard: User ID").await;
    window.press("Next").await;
    window.reads("Sorted by").await;
    sweep.here("the wizard: Search Options").await;
    window.press("Next").await;
    window.reads("Member type").await;
    sweep.here("the wizard: Limiting Access").await;
    window.press("Next").await;
    window.reads("Do you wish to add additional privileges (Ex. overrides) to this user's access?").await;
    sweep.here("the wizard: the question").await;
    window.press("Yes").await;
    window.tick("View/modify integration IDs").await;
    sweep.here("the wizard: Tasks").await;
    window.fill("Ends on (View/modify integration IDs)", "01012020").await;
    window.press("Submit").await;
    window.reads("ends before today").await;
    sweep.here("the wizard: a Task that ends before today").await;
    window.fill("Ends on (View/modify integration IDs)", "").await;
    window.press("Submit").await;
    window.reads("Granted: View/modify integration IDs").await;
    sweep.here("the wizard: saved").await;
    sweep.page("/security/users/clerk").await;
}
