//! The audit, who sees integration IDs, and User Security.

use crosswalk::security::Profile;

use super::sweep::Sweep;
use crate::journeys::add_user;
use crate::support::World;

/// Who may view the audit sees it in the menu too.
pub async fn audit(sweep: &mut Sweep, world: &World) {
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
pub async fn access(sweep: &mut Sweep, world: &World) {
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

/// The list of users, a user, and the wizard from its first page to its last.
pub async fn user_security(sweep: &mut Sweep) {
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
