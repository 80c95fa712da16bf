//! The Group Directory, and a group with what can be done to it.

use super::sweep::Sweep;
use crate::support::World;

/// The directory before and after there are groups, and a group with what can be done to it.
pub async fn groups(sweep: &mut Sweep, world: &World) {
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
    sweep.page("/groups/list").await;
    window.press("Preview").await;
    window.reads("Choose the Group Membership list").await;
    sweep.here("a list without a file").await;
    world.change("DELETE FROM grants WHERE task = 'manage_groups' AND kind = 'use'");
}
