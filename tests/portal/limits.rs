//! Limiting Access: somebody who sees a part of the school meets nothing of the rest, by any way.
//! Leaves what a limit allows to the unit tests of `schools::limits`.

use std::collections::BTreeSet;

use crosswalk::schools::{LimitField, Limits};
use crosswalk::security::{Actor, LimitError, User, set_limits};

use crate::on_both;
use crate::support::desk::PASSWORD;
use crate::support::{Visitor, World};

fn limit(world: &World, user_id: &str, limits: &Limits) -> Result<Limits, LimitError> {
    let by = Actor::operator("a test");
    world
        .db
        .write(|conn| {
            let user = User::by_user_id(conn, user_id)?.expect("a user");
            Ok(set_limits(conn, &user, limits, &by, world.clock.now()))
        })
        .expect("a database")
}

/// A campus of the school, and somebody of it and somebody outside, both students with a Canvas ID.
struct Sides {
    campus: String,
    inside: String,
    outside: String,
}

impl Sides {
    fn of(world: &World) -> Sides {
        let holders = world.students_with_id("NFC", "canvas");
        let campus = world.field_of(&holders[0], "campus");
        let outside = holders.iter().find(|s| world.field_of(s, "campus") != campus).expect("another campus");
        Sides { inside: holders[0].clone(), outside: outside.clone(), campus }
    }

    fn limits(&self) -> Limits {
        Limits::of([(LimitField::Campus, self.campus.clone())])
    }
}

/// Who is in the file of a list.
async fn listed(visitor: &Visitor, query: &str) -> BTreeSet<String> {
    let file = visitor.get(&format!("/people.csv{query}")).await;
    let is_sonis_id = |cell: &&str| cell.len() == 9 && cell[2..].bytes().all(|b| b.is_ascii_digit());
    file.body.lines().filter_map(|l| l.split(',').next()).filter(is_sonis_id).map(str::to_owned).collect()
}

/// Takes the Task for everybody at once, so that the registrar can be limited.
fn without_import(world: &World) {
    let done = world.change("DELETE FROM grants WHERE task = 'import_names' AND kind = 'use' AND user_id = (SELECT id FROM users WHERE user_key = 'registrar')");
    assert_eq!(done, 1);
}

on_both! {
    async fn lists_files_counts_and_filters_are_of_the_people_inside_alone(world) {
        let sides = Sides::of(&world);
        let viewer = world.signed_in("viewer").await;
        let all = listed(&viewer, "?status=any").await;
        assert!(all.contains(&sides.inside) && all.contains(&sides.outside));
        limit(&world, "viewer", &sides.limits()).unwrap();
        let inside: BTreeSet<String> = world.texts(&format!(
            "SELECT p.sonis_id AS value FROM people p JOIN schools s ON s.id = p.school_id WHERE s.code = 'NFC' AND p.campus = '{}'", sides.campus
        )).into_iter().collect();
        assert_eq!(listed(&viewer, "?status=any").await, inside);
        assert!(inside.len() > 3 && inside.len() < all.len(), "{} of {}", inside.len(), all.len());
        let page = viewer.get("/people?status=any").await;
        page.assert_has(&format!("of {} people", inside.len())).assert_lacks(&sides.outside);
        let others = world.texts(&format!(
            "SELECT DISTINCT p.campus AS value FROM people p JOIN schools s ON s.id = p.school_id WHERE s.code = 'NFC' AND p.campus <> '{}'", sides.campus
        ));
        assert!(!others.is_empty());
        for other in others {
            page.assert_lacks(&format!("<option>{other}</option>"));
        }
        let surname = world.field_of(&sides.outside, "last_name");
        let found = listed(&viewer, &format!("?status=any&q={}", surname.to_lowercase())).await;
        assert!(found.is_subset(&inside), "{found:?}");
    }

    async fn somebody_outside_is_answered_byte_for_byte_as_nobody(world) {
        let sides = Sides::of(&world);
        limit(&world, "viewer", &sides.limits()).unwrap();
        let viewer = world.signed_in("viewer").await;
        for part in ["", "/history", "/integration-ids"] {
            viewer.get(&format!("/people/{}{part}", sides.inside)).await.assert_status(200);
            let (theirs, nobodys) = (format!("/people/{}{part}", sides.outside), format!("/people/NC9999999{part}"));
            let (a, b) = (viewer.get(&theirs).await, viewer.get(&nobodys).await);
            a.assert_status(404);
            assert_eq!(a.without(&[&theirs]), b.without(&[&nobodys]));
        }
        // By SONIS ID or integration ID a search leads to somebody inside, and finds nobody outside.
        let id = |student: &str| world.ids_of(student).into_iter().find_map(|i| i.strip_prefix("canvas ").map(str::to_owned)).unwrap();
        for text in [sides.inside.clone(), id(&sides.inside)] {
            assert_eq!(viewer.get(&format!("/people?q={text}")).await.location(), Some(format!("/people/{}", sides.inside)));
        }
        for text in [sides.outside.clone(), id(&sides.outside)] {
            viewer.get(&format!("/people?q={text}")).await.assert_status(200).assert_has("No people");
        }
    }

    async fn guardians_outside_are_not_named_on_the_page_of_their_child(world) {
        let viewer = world.signed_in("viewer").await;
        let student = world.text(
            "SELECT min(p.sonis_id) AS value FROM people p JOIN schools s ON s.id = p.school_id JOIN relationships r ON r.school_id = p.school_id AND r.student_id = p.id WHERE s.code = 'NFC' AND p.status = 'active'",
        );
        viewer.get(&format!("/people/{student}")).await.assert_lacks("No guardian is on record");
        limit(&world, "viewer", &Limits::of([(LimitField::MemberType, "student".to_owned())])).unwrap();
        let page = viewer.get(&format!("/people/{student}")).await;
        page.assert_status(200).assert_has("None that you can open.").assert_lacks("on record");
        // A student without guardians reads the same: the page does not tell whether there are others.
        world.change("DELETE FROM relationships");
        assert_eq!(viewer.get(&format!("/people/{student}")).await.body, page.body);
    }

    async fn a_run_about_everybody_is_named_without_a_link_that_leads_nowhere(world) {
        let sides = Sides::of(&world);
        let (registrar, viewer) = (world.signed_in("registrar").await, world.signed_in("viewer").await);
        let place = format!("/people/{}/integration-ids", sides.inside);
        let deletable = registrar.get(&place).await.deletable();
        registrar.post(&format!("{place}/delete"), &[("delete", &deletable[0])]).await.assert_status(303);
        let (own, history) = (world.last_run(), format!("/people/{}/history", sides.inside));
        // Without limits both lead on: the demo's run, which made everybody, and the one of this person alone.
        for page in [viewer.get(&place).await, viewer.get(&history).await] {
            page.assert_has(&format!("<a href=\"/runs/{own}\">run {own}</a>"));
        }
        viewer.get(&place).await.assert_has("<a href=\"/runs/1\">run 1</a>");
        limit(&world, "viewer", &sides.limits()).unwrap();
        viewer.get("/runs/1").await.assert_status(404);
        viewer.get(&format!("/runs/{own}")).await.assert_status(200);
        for page in [viewer.get(&place).await, viewer.get(&history).await] {
            page.assert_has(&format!("<a href=\"/runs/{own}\">run {own}</a>")).assert_lacks("href=\"/runs/1\"");
        }
        viewer.get(&place).await.assert_has("run 1");
    }

    async fn limits_count_from_the_next_request_on_and_can_be_taken_back(world) {
        let sides = Sides::of(&world);
        let clerk = world.signed_in("clerk").await;
        let outside = format!("/people/{}", sides.outside);
        clerk.get(&outside).await.assert_status(200);
        assert_eq!(limit(&world, "clerk", &sides.limits()).unwrap(), Limits::none());
        clerk.get(&outside).await.assert_status(404);
        assert_eq!(limit(&world, "clerk", &Limits::none()).unwrap(), sides.limits());
        clerk.get(&outside).await.assert_status(200);
        let entries = world.texts("SELECT subject AS value FROM audit_entries WHERE action = 'limits_changed' ORDER BY id");
        let campus = &sides.campus;
        assert_eq!(entries, [format!("clerk: Campus: {campus}, before no limits"), format!("clerk: no limits, before Campus: {campus}")]);
    }

    async fn a_task_for_everybody_at_once_needs_a_user_without_limits(world) {
        let sides = Sides::of(&world);
        let refused = limit(&world, "registrar", &sides.limits()).unwrap_err().to_string();
        assert!(refused.contains("registrar may use the Task Import names, which works on everybody at once"), "{refused}");
        // However such a pair came about: the Task cannot be used.
        let registrar = world.signed_in("registrar").await;
        registrar.get("/people/import").await.assert_status(200);
        without_import(&world);
        limit(&world, "registrar", &sides.limits()).unwrap();
        world.change("INSERT INTO grants (user_id, school_id, task, kind, granted_by, granted_at) SELECT id, school_id, 'import_names', 'use', 'a test', created_at FROM users WHERE user_key = 'registrar'");
        registrar.get("/people/import").await.assert_status(403).assert_has("Unauthorized");
    }

    async fn nobody_is_put_outside_of_what_the_editor_sees_and_nothing_typed_is_lost(world) {
        let sides = Sides::of(&world);
        without_import(&world);
        limit(&world, "registrar", &sides.limits()).unwrap();
        let registrar = world.signed_in("registrar").await;
        let before = world.count("people");
        let fields = [("last_name", "Brandvold"), ("first_name", "Sigrun"), ("member_type", "student"), ("status", "active"), ("campus", "Elsewhere")];
        let page = registrar.post("/people/new", &fields).await;
        page.assert_status(422).assert_has("Campus has to be one that you have access to").assert_has("Brandvold");
        assert_eq!(world.count("people"), before);
        let fields = fields.map(|(name, value)| (name, if name == "campus" { sides.campus.as_str() } else { value }));
        registrar.submit("/people/new", &fields).await.assert_status(200).assert_has("Sigrun Brandvold is added");
    }

    async fn an_id_that_somebody_outside_has_is_taken_and_no_name_is_told(world) {
        let sides = Sides::of(&world);
        without_import(&world);
        limit(&world, "registrar", &sides.limits()).unwrap();
        let registrar = world.signed_in("registrar").await;
        let taken = world.ids_of(&sides.outside).into_iter().find_map(|i| i.strip_prefix("canvas ").map(str::to_owned)).unwrap();
        let free = world.students_without_ids("NFC").into_iter().find(|s| world.field_of(s, "campus") == sides.campus).unwrap();
        let form = [("integration", "canvas"), ("value", taken.as_str())];
        let page = registrar.post(&format!("/people/{free}/integration-ids/add"), &form).await;
        page.assert_status(422).assert_has("is taken: somebody whom you may not open has it").assert_lacks(&sides.outside);
        page.assert_lacks(&world.field_of(&sides.outside, "last_name"));
    }

    async fn runs_about_somebody_outside_or_about_everybody_are_not_there(world) {
        let sides = Sides::of(&world);
        let registrar = world.signed_in("registrar").await;
        let mut runs = Vec::new();
        for person in [&sides.inside, &sides.outside] {
            let place = format!("/people/{person}/integration-ids");
            let row = registrar.get(&place).await.deletable().remove(0);
            registrar.submit(&format!("{place}/delete"), &[("delete", &row)]).await;
            runs.push(world.last_run());
        }
        let (import, _) = registrar.import("limits.txt", "Student_Number\tLast_Name\tFirst_Name\n990077\tLimits\tRun\n".to_owned()).await;
        let viewer = world.signed_in("viewer").await;
        for run in [&format!("/runs/{}", runs[0]), &format!("/runs/{}", runs[1]), &import] {
            viewer.get(run).await.assert_status(200);
        }
        limit(&world, "viewer", &sides.limits()).unwrap();
        viewer.get(&format!("/runs/{}", runs[0])).await.assert_status(200);
        let list = viewer.get("/runs").await;
        list.assert_has(&format!("href=\"/runs/{}\"", runs[0]));
        for run in [format!("/runs/{}", runs[1]), import, "/runs/1".to_owned()] {
            viewer.get(&run).await.assert_status(404);
            list.assert_lacks(&format!("href=\"{run}\""));
        }
    }
}

crate::at_both_desks! {
    fn limits_are_set_by_a_command_with_the_same_rules(desk) {
        desk.furnish();
        desk.run_with(&["user", "add", "mina", "--school", "NFC", "--profile", "clerk"], PASSWORD).assert_says(0, "mina is added");
        let names = desk.write("names.txt", "Student_Number\tLast_Name\tFirst_Name\n1\tLee\tAda\n2\tLee\tBo\n");
        desk.done(&["import", "names", &names, "--school", "NFC"]);
        for (first, level) in [("Ada", "Upper"), ("Bo", "Middle")] {
            let sql = format!("UPDATE people SET campus = 'Main Campus', level = '{level}' WHERE first_name = '{first}'");
            assert_eq!(crate::support::rows::change(&desk.db(), &sql), 1);
        }
        let refused = |args: &[&str], text: &str| { desk.run(args).assert_refused(text).assert_plain_line(); };
        refused(&["user", "limit", "mina", "--campus", "Nowhere"], "Nobody at Northfield College has the campus Nowhere. There are: Main Campus.");
        desk.done(&["user", "limit", "mina", "--campus", "Main Campus", "--level", "Upper", "--level", "Middle"])
            .assert_says(0, "mina: Campus: Main Campus; Level: Middle, Upper (before: no limits).");
        desk.done(&["user", "limit", "mina", "--member-type", "student"]).assert_says(0, "mina: Member type: student (before: Campus: Main Campus; Level: Middle, Upper).");
        refused(&["user", "limit", "mina"], "Say to what access is limited");
        refused(&["user", "limit", "mina", "--campus", " "], "A limit needs a name");
        refused(&["user", "limit", "mina", "--member-type", "dog"], "dog is not a member type");
        refused(&["user", "limit", "nobody", "--none"], "There is no user nobody of a school");
        desk.done(&["user", "limit", "mina", "--none"]).assert_says(0, "mina: no limits (before: Member type: student).");
    }
}
