//! The catalogue as Support edits it: what is wrong, what an edit would do to IDs on record, two editors, retiring.
//! Leaves stages to `stages`.

use crate::on_both;
use crate::support::{Answer, Visitor, World};

const PLACE: &str = "/support/integrations/canvas/edit";

/// A form of the page, with some fields changed.
async fn form(support: &Visitor, changes: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let page = support.get(PLACE).await;
    let mut all: Vec<(&'static str, String)> = [
        ("name", "Canvas"),
        ("vendor", "Instructure"),
        ("purpose", "Courses. For schools that teach with Canvas."),
        ("example", "0049317"),
        ("fits", "any"),
        ("pattern", ""),
        ("min_length", "1"),
        ("max_length", "255"),
        ("case_rule", "exact"),
        ("many", "one"),
    ]
    .map(|(n, v)| (n, v.to_owned()))
    .to_vec();
    all.push(("version", page.hidden("version")));
    for (name, value) in changes {
        match all.iter_mut().find(|(n, _)| n == name) {
            Some(field) => field.1 = (*value).to_owned(),
            None => all.push((name, (*value).to_owned())),
        }
    }
    all
}

async fn send(support: &Visitor, place: &str, form: &[(&'static str, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
    support.submit(place, &fields).await
}

fn entries(world: &World) -> Vec<String> {
    world.texts("SELECT actor_name || ' ' || action || ' ' || subject AS value FROM audit_entries WHERE action LIKE 'integration_%' ORDER BY id")
}

fn canvas_ids(world: &World) -> i64 {
    world.number("SELECT count(*) AS value FROM integration_ids i JOIN integrations n ON n.id = i.integration_id WHERE n.code = 'canvas' AND removed_at IS NULL")
}

on_both! {
    async fn an_integration_is_added_and_its_schools_can_get_it(world) {
        let support = world.signed_in("support").await;
        support.get("/support/integrations").await.assert_status(200).assert_reads("Canvas canvas Instructure").assert_reads(&format!("One 2 {}", canvas_ids(&world)));
        let mut new = form(&support, &[("name", "Alma Library"), ("vendor", "Ex Libris"), ("example", "AL-0001"), ("fits", "example"), ("max_length", "12"), ("code", "alma-library")]).await;
        send(&support, "/support/integrations/new", &new).await.assert_reads("Alma Library is in the catalogue. No school has it yet.");
        assert_eq!(world.text("SELECT pattern AS value FROM integrations WHERE code = 'alma-library'"), "[A-Za-z]+-[0-9]+");
        assert_eq!(entries(&world), ["Tomas Berg integration_added Alma Library (alma-library)"]);
        send(&support, "/support/integrations/new", &new).await.assert_status(422).assert_has("There is an integration with this code already");
        new.iter_mut().for_each(|f| if f.0 == "code" { f.1 = "alma2".into() });
        send(&support, "/support/integrations/new", &new).await.assert_status(422).assert_has("There is an integration with this name already");
        world.signed_in("registrar").await.get("/integrations").await.assert_reads("Alma Library");
    }

    async fn a_form_that_is_wrong_says_what_where_and_loses_nothing(world) {
        let support = world.signed_in("support").await;
        let before = world.snapshot();
        let long = "x".repeat(61);
        for (field, value, at, message) in [
            ("name", "", "name", "Type the name"),
            ("name", long.as_str(), "name", "At most 60 characters"),
            ("vendor", " ", "vendor", "Type whose program it is"),
            ("purpose", "", "purpose", "Type why it exists"),
            ("example", "", "example", "Type an example"),
            ("example", "1\u{0}2", "example", "cannot be seen"),
            ("fits", "moon", "fits-any", "Choose which IDs fit"),
            ("min_length", "0", "min_length", "Type a number from 1 to 255"),
            ("max_length", "many", "max_length", "Type a number from 1 to 255"),
            ("min_length", "200", "example", "at least 200 are needed"),
            ("max_length", "3", "example", "at most 3 are allowed"),
            ("case_rule", "moon", "case_rule", "Choose a case rule"),
            ("many", "moon", "many", "Choose one or many"),
        ] {
            let wrong = form(&support, &[("purpose", "typed-purpose"), (field, value)]).await;
            let answer = send(&support, PLACE, &wrong).await;
            answer.assert_status(422).assert_has("There is a problem").assert_has("<title>Error: ").assert_has(message);
            answer.assert_has(&format!("<a href=\"#{at}\">")).assert_has(&format!("id=\"{at}"));
            assert!(field == "purpose" || answer.has("typed-purpose"), "{field}: what was typed is lost");
        }
        for (pattern, message) in [("", "Type the pattern"), ("[", "This pattern cannot be read"), ("[a-z]+", "does not have the shape below")] {
            let wrong = form(&support, &[("fits", "pattern"), ("pattern", pattern)]).await;
            send(&support, PLACE, &wrong).await.assert_status(422).assert_has(message);
        }
        for code in ["", "A", "Canvas X", "1x", "new", "x/y"] {
            let wrong = form(&support, &[("code", code), ("name", "Other")]).await;
            send(&support, "/support/integrations/new", &wrong).await.assert_status(422).assert_has("A code is 2 to 40 small letters");
        }
        world.assert_unchanged_since(&before);
        support.get("/support/integrations/nothing/edit").await.assert_status(404);
    }

    async fn tightening_a_shape_first_says_how_many_live_ids_it_makes_wrong_and_no_value(world) {
        let (support, registrar) = (world.signed_in("support").await, world.signed_in("registrar").await);
        let student = world.students_without_ids("NFC").remove(0);
        registrar.submit(&format!("/people/{student}/integration-ids/add"), &[("integration", "canvas"), ("value", "odd-one")]).await.assert_status(200);
        let before = world.snapshot();
        let mut tight = form(&support, &[("fits", "pattern"), ("pattern", "[0-9]{7}")]).await;
        let asked = send(&support, PLACE, &tight).await;
        asked.assert_status(200).assert_reads("Make 1 live ID wrong?").assert_reads("Northfield College NFC").assert_lacks("odd-one").assert_lacks("Harbor Academy");
        world.assert_unchanged_since(&before);
        tight.push(("confirmed", asked.hidden("confirmed")));
        send(&support, PLACE, &tight).await.assert_reads("Canvas is saved.");
        assert_eq!(entries(&world), ["Tomas Berg integration_changed canvas: Pattern anything, now [0-9]{7}"]);
        // It stays on record; the next one has to fit.
        assert_eq!(world.ids_of(&student), ["canvas odd-one"]);
        let other = world.students_without_ids("NFC").remove(0);
        registrar.submit(&format!("/people/{other}/integration-ids/add"), &[("integration", "canvas"), ("value", "odd-two")]).await
            .assert_status(422).assert_has("This is not the shape of a Canvas ID, which looks like 0049317");
    }

    async fn a_case_rule_under_which_ids_clash_is_refused_with_the_counts(world) {
        let (support, registrar) = (world.signed_in("support").await, world.signed_in("registrar").await);
        let students = world.students_without_ids("NFC");
        let add = async |student: &str, value: &str| {
            registrar.submit(&format!("/people/{student}/integration-ids/add"), &[("integration", "canvas"), ("value", value)]).await
        };
        add(&students[0], "abÇ1").await.assert_status(200);
        add(&students[1], "ABÇ1").await.assert_status(200);
        let before = world.snapshot();
        let ignore = form(&support, &[("case_rule", "ignore")]).await;
        let answer = send(&support, PLACE, &ignore).await;
        answer.assert_status(422).assert_has("2 live IDs would clash with another one").assert_reads("Northfield College NFC").assert_lacks("abÇ1").assert_lacks("ABÇ1");
        world.assert_unchanged_since(&before);
        let page = registrar.get(&format!("/people/{}/integration-ids", students[1])).await;
        registrar.submit(&format!("/people/{}/integration-ids/delete", students[1]), &[("delete", &page.deletable()[0])]).await.assert_status(200);
        send(&support, PLACE, &ignore).await.assert_reads("Canvas is saved.");
        add(&students[2], "ABç1").await.assert_status(422).assert_has("is the Canvas ID of");
        assert!(registrar.ask("/people", &[("q", "ABÇ1")]).await.has("People"), "past IDs are found under the new rule too");
        let exact = form(&support, &[("case_rule", "exact")]).await;
        send(&support, PLACE, &exact).await.assert_reads("Canvas is saved.");
        add(&students[2], "ABç1").await.assert_status(200);
        assert_eq!(world.number("SELECT count(*) AS value FROM integration_ids i JOIN integrations n ON n.id = i.integration_id WHERE n.code = 'canvas' AND value <> value_key"), 0);
    }

    async fn one_id_per_person_is_refused_while_people_have_several(world) {
        let (support, registrar) = (world.signed_in("support").await, world.signed_in("registrar").await);
        let many = form(&support, &[("many", "many")]).await;
        send(&support, PLACE, &many).await.assert_reads("Canvas is saved.");
        let add = [("integration", "canvas"), ("value", "second-1")];
        registrar.submit("/people/NC0001234/integration-ids/add", &add).await.assert_has("Canvas ID added.");
        let one = form(&support, &[("many", "one")]).await;
        send(&support, PLACE, &one).await.assert_status(422).assert_has("1 person has more than one ID. Delete the others first");
        let page = registrar.get("/people/NC0001234/integration-ids").await;
        registrar.submit("/people/NC0001234/integration-ids/delete", &[("delete", &page.deletable()[1])]).await.assert_has("Canvas ID deleted.");
        send(&support, PLACE, &one).await.assert_reads("Canvas is saved.");
        registrar.submit("/people/NC0001234/integration-ids/add", &[("integration", "canvas"), ("value", "third-1")]).await
            .assert_status(422).assert_has("has a Canvas ID already");
    }

    async fn the_second_of_two_editors_is_told_and_loses_nothing(world) {
        let (one, two) = (world.signed_in("support").await, world.signed_in("support").await);
        let (mine, mut theirs) = (form(&one, &[("vendor", "First Inc")]).await, form(&two, &[("vendor", "Second Inc")]).await);
        send(&one, PLACE, &mine).await.assert_reads("Canvas is saved.");
        let before = world.snapshot();
        let told = send(&two, PLACE, &theirs).await;
        told.assert_status(409).assert_has("Somebody else changed this integration").assert_has("First Inc").assert_has("value=\"Second Inc\"");
        world.assert_unchanged_since(&before);
        theirs.iter_mut().for_each(|f| if f.0 == "version" { f.1 = told.hidden("version") });
        send(&two, PLACE, &theirs).await.assert_reads("Canvas is saved.");
        assert_eq!(world.text("SELECT vendor AS value FROM integrations WHERE code = 'canvas'"), "Second Inc");
    }

    async fn an_integration_is_retired_instead_of_deleted_and_taken_back(world) {
        let (support, registrar) = (world.signed_in("support").await, world.signed_in("registrar").await);
        let place = "/support/integrations/canvas/retire";
        let version = support.get(PLACE).await.hidden("version");
        let before = world.snapshot();
        let asked = support.post(place, &[("version", &version)]).await;
        asked.assert_status(200).assert_reads("Retire Canvas?").assert_reads("Northfield College NFC").assert_reads("Harbor Academy HAR");
        world.assert_unchanged_since(&before);
        support.submit(place, &[("version", &version), ("retired", "yes")]).await.assert_reads("Canvas is retired.");
        support.get("/support/integrations").await.assert_reads("Canvas Retired");
        registrar.get("/people/NC0001234/integration-ids").await.assert_has("0049317").assert_lacks("<option value=\"canvas\"");
        support.post(place, &[("version", &version), ("retired", "no")]).await.assert_status(409);
        let version = support.get(PLACE).await.hidden("version");
        support.submit(place, &[("version", &version), ("retired", "no")]).await.assert_reads("Canvas is taken back");
        registrar.get("/people/NC0001234/integration-ids").await.assert_has("<option value=\"canvas\"");
        assert_eq!(entries(&world), ["Tomas Berg integration_retired Canvas (canvas)", "Tomas Berg integration_taken_back Canvas (canvas)"]);
    }
}
