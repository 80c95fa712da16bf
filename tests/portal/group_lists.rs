//! A Group Membership list: plan, apply, a second list, what stays, undo and the way back.
//! Leaves which rows mean what to the unit tests of `groups::list`, the directory itself to `groups`.

use crate::on_both;
use crate::support::{Answer, Visitor, World};

async fn load(visitor: &Visitor, text: &str) -> Answer {
    let posted = visitor.upload("/groups/list", "list.csv", text.as_bytes().to_vec()).await;
    match posted.location() {
        Some(run) => visitor.get(&run).await,
        None => posted,
    }
}

async fn apply(world: &World, visitor: &Visitor) -> String {
    let run = world.last_run();
    visitor.post(&format!("/groups/list/{run}/apply"), &[]).await.assert_status(303);
    run
}

/// Who is in a group by its name, with the reason.
fn members(world: &World, group: &str) -> Vec<String> {
    world.texts(&format!(
        "SELECT p.sonis_id || ' ' || m.why AS value FROM memberships m JOIN groups g ON g.school_id = m.school_id AND g.id = m.group_id \
         JOIN people p ON p.school_id = m.school_id AND p.id = m.person_id WHERE g.name = '{group}' ORDER BY 1"
    ))
}

on_both! {
    async fn a_list_makes_groups_that_a_second_list_changes_and_the_way_back_clears(world) {
        world.let_use("registrar", "manage_groups");
        let registrar = world.signed_in("registrar").await;
        let students = world.students_without_ids("NFC");
        let (a, b, c) = (&students[0], &students[1], &students[2]);
        registrar.get("/groups/list").await.assert_status(200).assert_has("Back to the automatic groups");
        let first = format!("SONIS ID,Category,Group\n{a},Clubs,Chess\n{b},clubs,Chess\n{b},Arts,Choir\nNC9999999,Arts,Band\n{a},Sport,Tennis\n");
        let page = load(&registrar, &first).await;
        page.assert_status(200).assert_has("Nothing is changed yet").assert_has("Chess").assert_has("is the SONIS ID of nobody").assert_has("is no category");
        assert_eq!(members(&world, "Chess"), Vec::<String>::new());
        let run = apply(&world, &registrar).await;
        assert_eq!(members(&world, "Chess"), [format!("{a} list"), format!("{b} list")]);
        assert_eq!(members(&world, "Choir"), [format!("{b} list")]);
        registrar.get("/groups").await.assert_has("Chess").assert_lacks("Tennis").assert_lacks("Band");

        // The same list again changes nothing.
        load(&registrar, &first).await.assert_has("the groups are as the list says");

        // Somebody is put in by hand, then a list without them and without b.
        let chess = world.number("SELECT id AS value FROM groups WHERE name = 'Chess'");
        world.put_into(chess, "hand", &format!("p.sonis_id = '{b}'"));
        load(&registrar, &format!("SONIS ID,Category,Group\n{c},Clubs,chess\n")).await.assert_status(200);
        let second = apply(&world, &registrar).await;
        let mut wanted = vec![format!("{b} hand"), format!("{c} list")];
        wanted.sort();
        assert_eq!(members(&world, "Chess"), wanted, "what somebody did by hand stays");
        assert_eq!(members(&world, "Choir"), [format!("{b} list")], "a group that the list does not name stays");
        registrar.get(&format!("/runs/{second}")).await.assert_has("Leaves <bdi>Chess</bdi>").assert_has("Joins <bdi>Chess</bdi>");

        registrar.post(&format!("/groups/list/{second}/undo"), &[]).await.assert_status(303);
        let mut before = vec![format!("{a} list"), format!("{b} hand"), format!("{b} list")];
        before.sort();
        assert_eq!(members(&world, "Chess"), before);

        let back = registrar.post("/groups/list/back", &[]).await.location().expect("a plan");
        registrar.get(&back).await.assert_has("Choir");
        apply(&world, &registrar).await;
        assert_eq!(members(&world, "Chess"), [format!("{b} hand")]);
        registrar.get("/groups").await.assert_has("Chess").assert_lacks("Choir");
        registrar.post("/groups/list/back", &[]).await.assert_status(409);
        let _ = run;
    }

    async fn of_two_plans_of_one_list_the_second_is_out_of_date_so_that_its_undo_undoes_nothing_of_the_first(world) {
        world.let_use("registrar", "manage_groups");
        let registrar = world.signed_in("registrar").await;
        let students = world.students_without_ids("NFC");
        let (a, b) = (&students[0], &students[1]);
        load(&registrar, &format!("SONIS ID,Category,Group\n{a},Clubs,Chess\n{b},Clubs,Chess\n")).await.assert_status(200);
        apply(&world, &registrar).await;
        let less = format!("SONIS ID,Category,Group\n{b},Clubs,Chess\n");
        load(&registrar, &less).await.assert_has("Leaves <bdi>Chess</bdi>");
        let first = world.last_run();
        load(&registrar, &less).await.assert_has("Leaves <bdi>Chess</bdi>");
        apply(&world, &registrar).await;
        registrar.post(&format!("/groups/list/{first}/apply"), &[]).await.assert_status(409);
        registrar.post(&format!("/groups/list/{first}/undo"), &[]).await.assert_status(409);
        assert_eq!(members(&world, "Chess"), [format!("{b} list")]);
    }

    async fn a_placeholders_name_is_refused_and_in_a_group_with_a_bad_row_nobody_leaves(world) {
        world.let_use("registrar", "manage_groups");
        let registrar = world.signed_in("registrar").await;
        let grade = world.add_group("NFC", "academics", "Grade 9", Some("grade:9"));
        let students = world.students_without_ids("NFC");
        let (a, b) = (&students[0], &students[1]);
        load(&registrar, &format!("SONIS ID,Category,Group\n{a},Academics,grade 9\n{a},Clubs,Chess\n{b},Clubs,Chess\n")).await.assert_has("is a placeholder group");
        apply(&world, &registrar).await;
        assert_eq!(world.number(&format!("SELECT count(*) AS value FROM memberships WHERE group_id = {grade}")), 0);
        load(&registrar, &format!("SONIS ID,Category,Group\n{b},Clubs,Chess\nNC8888888,Clubs,Chess\n")).await.assert_has("is the SONIS ID of nobody").assert_has("the groups are as the list says");
        assert_eq!(members(&world, "Chess").len(), 2);
        for (text, why) in [("", "Choose the Group Membership list"), ("Who,What\na,b\n", "SONIS ID")] {
            load(&registrar, text).await.assert_status(422).assert_has("There is a problem").assert_has(why);
        }
        // Only a run of a list is one.
        let (names, _) = registrar.plan("names.txt", "Student_Number\tLast_Name\tFirst_Name\n660001\tA\tB\n").await;
        let names = names.rsplit('/').next().unwrap().to_owned();
        for act in ["apply", "abandon", "undo"] {
            registrar.post(&format!("/groups/list/{names}/{act}"), &[]).await.assert_status(404);
        }
    }

    async fn host_ids_of_a_list_are_looked_up_only_with_a_proof(world) {
        let holder = world.students_with_id("NFC", "vidigami").remove(0);
        let id = world.ids_of(&holder).into_iter().find(|i| i.starts_with("vidigami ")).unwrap().split_once(' ').unwrap().1.to_owned();
        let list = format!("User ID,Category,Group\n{id},Clubs,Chess\nS0000000,Clubs,Chess\n");
        world.let_use("clerk", "manage_groups");
        let clerk = world.signed_in("clerk").await;
        let page = load(&clerk, &list).await;
        page.assert_status(200).assert_has("Host IDs are looked up only for somebody").assert_lacks(&holder).assert_lacks(&id);
        assert_eq!(page.body.matches("Host IDs are looked up only").count(), 2, "the two rows are told alike");
        world.let_use("registrar", "manage_groups");
        let registrar = world.signed_in("registrar").await;
        load(&registrar, &list).await.assert_has(&holder).assert_has("nobody has the Host ID in this row");
    }
}
