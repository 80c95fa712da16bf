//! A teacher who is a parent: held for a decision, one account, both pages show the other; refused, and taken back.

use super::{ALL, empty, host_id, tile, who};
use crate::on_both;
use crate::support::{Visitor, World};

const TEACHERS: &str = "USERS.dcid\tLast_Name\tFirst_Name\tEmail_Addr\n1001\tNúñez\tMara\tMara@home.example\n1007\tRossi\tPia\tpia@school.example\n";
const PARENTS: &str = "PERSON.ID\tLast_Name\tFirst_Name\tEmail\n1001\tNunez\tMara\tmara@home.example\n1009\tAdeyemi\tAda\tada@home.example\n";
const TIES: &str = "STUDENTCONTACTASSOC.studentdcid\tSTUDENTCONTACTASSOC.personid\tRELATIONSHIP_TYPE\n91\t1001\tMother\n93\t1009\tMother\n";
const FILES: [super::Given<'static>; 4] =
    [ALL[0], ("teachers", TEACHERS), ("parents", PARENTS), ("relationships", TIES)];

const THEM: [(&str, &str); 3] = [("kind", "twin"), ("one", "users:1001"), ("other", "persons:1001")];

async fn say(sync: &Visitor, verdict: &str) {
    let form = [&THEM[..], &[("verdict", verdict)]].concat();
    sync.submit("/sync/matches/decide", &form).await.assert_status(200).assert_has("It counts from the next plan on.");
}

fn has_host_id(world: &World, sonis_id: &str) -> bool {
    world.number(&format!(
        "SELECT count(*) AS value FROM integration_ids i JOIN people p ON p.school_id = i.school_id AND p.id = i.person_id \
         WHERE p.sonis_id = '{sonis_id}' AND p.school_id = 1 AND i.removed_at IS NULL"
    )) > 0
}

on_both! {
    async fn a_confirmed_twin_has_one_account_and_both_pages_show_the_other_record(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (place, page) = sync.sync("full", &FILES).await;
        assert_eq!(tile(&page, "Blocked"), "2");
        let blocked = sync.get(&format!("{place}?kind=blocked")).await;
        blocked.assert_has("One person, two records").assert_reads("who has the same name: probably one person with two records");
        sync.get("/sync").await.assert_has("<a href=\"/sync/matches\">Likely matches</a> <span class=\"cw-badge is-wait\">1</span>");
        let page = sync.get("/sync/matches").await;
        page.assert_has("Record of staff").assert_has("Núñez").assert_has("Nunez").assert_reads("Žofie Nuñez").assert_has("Row 2 of Teachers");
        sync.get("/sync/emails").await.assert_has("No shared e-mail");

        let wrong = sync.post("/sync/matches/decide", &THEM).await;
        wrong.assert_status(422).assert_has("href=\"#q1\"").assert_has("Say whether they are the same person");
        let gone = [("kind", "twin"), ("one", "users:1007"), ("other", "persons:1001"), ("verdict", "same")];
        sync.post("/sync/matches/decide", &gone).await.assert_status(409).assert_has("do not wait for a decision any more");

        say(&sync, "same").await;
        let (place, page) = sync.sync("full", &FILES).await;
        assert_eq!((tile(&page, "Created"), tile(&page, "Blocked")), ("7".into(), "0".into()));
        sync.press(&place, "apply").await.assert_status(200);
        let (staff, parent) = (who(&world, "users", "1001"), who(&world, "persons", "1001"));
        assert_eq!(host_id(&world, &staff), "T1001");
        assert!(!has_host_id(&world, &parent), "the parent's record has no account of its own");
        assert_eq!(world.number("SELECT count(*) AS value FROM relationships r JOIN people p ON p.id = r.guardian_id WHERE r.school_id = 1 AND p.last_name = 'Nunez'"), 1);
        let clerk = world.signed_in("clerk").await;
        clerk.get(&format!("/people/{staff}")).await.assert_has("Same person").assert_has(&format!("/people/{parent}")).assert_has("This record has the one account.");
        clerk.get(&format!("/people/{parent}")).await.assert_has(&format!("/people/{staff}")).assert_has("That record has the one account.");
        let (_, page) = sync.sync("full", &FILES).await;
        assert_eq!((tile(&page, "Unchanged"), tile(&page, "Updated")), ("7".into(), "0".into()));
        // The parents alone: the staff's record is in the school, and still has the account.
        let (_, page) = sync.sync("only_these", &[FILES[0], FILES[2], FILES[3]]).await;
        assert_eq!((tile(&page, "Updated"), tile(&page, "Blocked")), ("0".into(), "0".into()));

        // Taken back, it is asked again; the record of staff stays, and the parent's waits.
        sync.submit("/sync/matches/take-back", &THEM).await.assert_has("Taken back.");
        clerk.get(&format!("/people/{staff}")).await.assert_lacks("Same person");
        let (place, page) = sync.sync("full", &FILES).await;
        assert_eq!((tile(&page, "Blocked"), tile(&page, "Updated")), ("1".into(), "0".into()));
        sync.get(&format!("{place}?kind=blocked")).await.assert_has("Mara Núñez (Staff, row 2 of Teachers)");
        // The account is gone with the record of staff: then the parent gets one.
        say(&sync, "same").await;
        world.change(&format!("UPDATE people SET status = 'inactive' WHERE school_id = 1 AND sonis_id = '{staff}'"));
        let (place, _) = sync.sync("only_these", &[FILES[0], FILES[2], FILES[3]]).await;
        sync.press(&place, "apply").await.assert_status(200);
        assert_eq!(host_id(&world, &parent), "P1001");
    }

    async fn twins_whose_records_were_merged_with_others_are_twins_still(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        sync.sync("full", &FILES).await;
        say(&sync, "same").await;
        let (place, _) = sync.sync("full", &FILES).await;
        sync.press(&place, "apply").await.assert_status(200);
        let data = world.signed_in("data").await;
        let (staff, parent) = (who(&world, "users", "1001"), who(&world, "persons", "1001"));
        let stays = crate::desk::add(&data, "Nunes", &[("member_type", "parent")]).await;
        // As somebody says who names records and not numbers.
        world.change(&format!("UPDATE person_links SET staff = '{staff}', parent = '{parent}'"));
        let page = data.get(&format!("/people/{parent}/merge?with={stays}")).await;
        let (one, other) = (page.hidden("ends_version"), page.hidden("stays_version"));
        let form = [("with", stays.as_str()), ("ends_version", one.as_str()), ("stays_version", other.as_str())];
        data.post(&format!("/people/{parent}/merge"), &form).await.assert_status(303);
        data.get(&format!("/people/{staff}")).await.assert_has("Same person").assert_has(&format!("/people/{stays}"));
        data.get(&format!("/people/{stays}")).await.assert_has("Same person").assert_has(&format!("/people/{staff}"));
    }

    async fn a_refused_twin_is_an_ordinary_shared_e_mail_and_is_not_asked_again(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        sync.sync("full", &FILES).await;
        say(&sync, "not_same").await;
        let (place, page) = sync.sync("full", &FILES).await;
        assert_eq!(tile(&page, "Blocked"), "2");
        sync.get(&format!("{place}?kind=blocked")).await.assert_has("Shared e-mail").assert_lacks("One person, two records");
        sync.get("/sync/matches").await.assert_has("The newest plan found none").assert_has("Decided so far").assert_has("Not the same person");
        let form = [("email", "mara@home.example"), ("verdict", "give:users:1001")];
        sync.submit("/sync/emails/decide", &form).await.assert_status(200);
        let (place, _) = sync.sync("full", &FILES).await;
        sync.press(&place, "apply").await.assert_status(200);
        assert_eq!(host_id(&world, &who(&world, "users", "1001")), "T1001");
        let parent = who(&world, "persons", "1001");
        assert_eq!((host_id(&world, &parent), world.field_of(&parent, "email")), ("P1001".into(), String::new()));
        world.let_audit("registrar");
        let audit = world.signed_in("registrar").await.get("/audit?action=sync_decided").await;
        audit.assert_has("Mara Núñez (users:1001) and Mara Nunez (persons:1001) are not the same person");
    }

    async fn a_parent_who_has_an_account_and_becomes_a_teacher_keeps_it_until_somebody_deletes_it(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (place, _) = sync.sync("full", &[FILES[0], FILES[2], FILES[3]]).await;
        sync.press(&place, "apply").await.assert_status(200);
        let parent = who(&world, "persons", "1001");
        assert_eq!(host_id(&world, &parent), "P1001");
        let (_, page) = sync.sync("full", &FILES).await;
        assert_eq!(tile(&page, "Blocked"), "1");
        say(&sync, "same").await;
        let (place, page) = sync.sync("full", &FILES).await;
        assert_eq!(tile(&page, "Blocked"), "1");
        sync.get(&format!("{place}?kind=blocked")).await.assert_reads("whose record has an account already. Delete its Host ID");
        let registrar = world.signed_in("registrar").await;
        let ids = format!("/people/{parent}/integration-ids");
        let record = registrar.get(&ids).await.deletable().remove(0);
        registrar.submit(&format!("{ids}/delete"), &[("delete", &record)]).await.assert_status(200);
        let (place, _) = sync.sync("full", &FILES).await;
        sync.press(&place, "apply").await.assert_status(200);
        assert_eq!(host_id(&world, &who(&world, "users", "1001")), "T1001");
        assert!(!has_host_id(&world, &parent));
    }
}
