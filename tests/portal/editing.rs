//! Adding and editing a person by hand: what is refused, two people at one record, what history tells.
//! Leaves finding people to `people`, files to `import`.

use crate::on_both;
use crate::support::{Answer, Visitor};

const EDIT: &str = "/people/NC0001234/edit";

/// Every text field, with a text that fits.
const TEXTS: [(&str, &str, &str); 13] = [
    ("last_name", "Last name", "Þórsdóttir-O’Brien"),
    ("first_name", "First name", "Žofie"),
    ("middle_name", "Middle name", "van der"),
    ("preferred_name", "Preferred name", "Zo"),
    ("native_name", "Name in own script", "王小明"),
    ("gender", "Gender", "X"),
    ("email", "E-mail", "z.o@school.example"),
    ("phone", "Phone", "+1 (555) 010-0000"),
    ("campus", "Campus", "Süd & West"),
    ("division", "Division", "Upper <School>"),
    ("department", "Department", "\"Arts\""),
    ("level", "Level", "L'1"),
    ("other_pid", "Other PID", "000-17"),
];

/// The form as the page shows it: every field with what is in it.
fn fields(page: &Answer) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for tag in page.all_between("<input ", ">") {
        let part = |name: &str| {
            tag.split_once(&format!("{name}=\"")).and_then(|(_, r)| r.split_once('"')).map(|(v, _)| v.to_owned())
        };
        if let (Some(name), Some(value)) = (part(" name"), part(" value"))
            && !["school", "back"].contains(&name.as_str())
        {
            all.push((name, value));
        }
    }
    all
}

/// A whole form, as a browser sends it, with some fields typed over.
fn typed_over<'a>(held: &'a [(String, String)], typed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form: Vec<(&str, &str)> = held.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    form.retain(|(n, _)| !typed.iter().any(|(t, _)| t == n));
    form.extend_from_slice(typed);
    form
}

async fn save(visitor: &Visitor, version: &str, change: &[(&str, &str)]) -> Answer {
    let mut form = vec![("version", version)];
    form.extend_from_slice(change);
    visitor.post(EDIT, &form).await
}

on_both! {
    async fn a_new_person_gets_the_next_sonis_id_and_everything_that_was_typed(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.get("/people/new").await.assert_status(200).assert_has("New person");
        let mut form = vec![("member_type", "student"), ("status", "applicant"), ("birth_date", "3/14/2010"), ("grade_level", "-1"), ("grad_year", "2040"), ("address", "1 Lane\r\nTown")];
        form.extend(TEXTS.iter().map(|(name, _, value)| (*name, *value)));
        let page = registrar.submit("/people/new", &form).await;
        page.assert_status(200).assert_has("is added, with the SONIS ID NC0001354.").assert_has("14 March 2010").assert_has("Applicant");
        for (column, _, value) in TEXTS {
            assert_eq!(world.field_of("NC0001354", column), value);
        }
        assert_eq!(world.field_of("NC0001354", "address"), "1 Lane\nTown");
        assert_eq!(world.field_of("NC0001354", "birth_date"), "2010-03-14");
        let next = registrar.post("/people/new", &[("first_name", "Sukarno"), ("member_type", "staff"), ("status", "active")]).await;
        assert_eq!(next.location().as_deref(), Some("/people/NC0001355"));
        let refused = registrar.post("/people/new", &[("member_type", "staff"), ("status", "active")]).await;
        refused.assert_status(422);
        let third = registrar.post("/people/new", &[("last_name", "Third"), ("member_type", "staff"), ("status", "active")]).await;
        assert_eq!(third.location().as_deref(), Some("/people/NC0001356"), "a refused form takes no number");
        registrar.get("/people/NC0001354/history").await.assert_has("Added the person").assert_has("by Rosa Okafor");
    }

    async fn what_cannot_be_read_is_told_at_its_field_and_everything_typed_is_kept(world) {
        let registrar = world.signed_in("registrar").await;
        let before = world.snapshot();
        let long = "x".repeat(201);
        for (path, more) in [("/people/new", [("member_type", "student"), ("status", "active")]), (EDIT, [("version", "1"), ("gender", "F")])] {
            for (field, typed, message) in [
                ("birth_date", "31/12/2010", "is not a date"), ("birth_date", "1066-10-14", "cannot be a birth year"), ("birth_date", "2010-02-30", "is not a date"),
                ("email", "nobody", "is not an e-mail address"), ("email", "a b@c.example", "is not an e-mail address"), ("email", "a@b@c", "is not an e-mail address"),
                ("grade_level", "eleven", "Grade level is a number"), ("grade_level", "100", "Grade level is a number"), ("grade_level", "2147483648", "Grade level is a number"),
                ("grad_year", "28", "four digits"), ("campus", &long, "201 characters; at most 200"), ("last_name", "Tab\there", "cannot be seen"),
                ("native_name", "a\u{0}b", "cannot be seen"), ("address", "a\u{202e}b", "cannot be seen"), ("member_type", "ghost", "Choose a member type"), ("status", "", "Choose a status"),
            ] {
                let mut form: Vec<(&str, &str)> = more.iter().filter(|(n, _)| *n != field).copied().collect();
                form.extend([("last_name", "Kept <Typed>"), ("phone", "  spaces kept  ")].iter().filter(|(n, _)| *n != field));
                form.push((field, typed));
                let answer = registrar.post(path, &form).await;
                assert_eq!(answer.status, 422, "{path} {field}={typed:?}");
                answer.assert_has("There is a problem").assert_has("<title>Error: ").assert_has(message);
                answer.assert_has(&format!("<a href=\"#{field}\">")).assert_has(&format!("id=\"{field}-err\""));
                answer.assert_has("name=\"phone\" type=\"text\" value=\"  spaces kept  \"");
                if field != "last_name" {
                    answer.assert_has("value=\"Kept &#60;Typed&#62;\"");
                }
                if ["birth_date", "email", "grade_level", "grad_year", "campus"].contains(&field) {
                    answer.assert_has(&format!("name=\"{field}\" type=\"text\" value=\"{typed}\""));
                }
            }
        }
        let nameless = registrar.post(EDIT, &[("version", "1"), ("last_name", " "), ("first_name", "")]).await;
        nameless.assert_status(422).assert_has("a person needs one of them");
        world.assert_unchanged_since(&before);
    }

    async fn an_edit_is_saved_shown_and_told_in_the_history_field_by_field(world) {
        let registrar = world.signed_in("registrar").await;
        let page = registrar.get(EDIT).await;
        page.assert_status(200);
        let held = fields(&page);
        assert!(held.contains(&("last_name".into(), "Okonkwo".into())) && held.contains(&("version".into(), "1".into())), "{held:?}");
        let email = ("email", world.field_of("NC0001234", "email"));
        let page = registrar.submit(EDIT, &[("version", "1"), ("last_name", "Okonkwo-Bell"), ("email", ""), ("campus", "Moon")]).await;
        page.assert_status(200).assert_has("Saved. Changed: Last name, E-mail, Campus.").assert_has("Okonkwo-Bell");
        let history = registrar.get("/people/NC0001234/history").await;
        history.assert_has("Last name: <del><span class=\"visually-hidden\">from </span>Okonkwo</del> <ins><span class=\"visually-hidden\">to </span>Okonkwo-Bell</ins>");
        history.assert_has(&format!("E-mail: <del><span class=\"visually-hidden\">from </span>{}</del> <ins><span class=\"visually-hidden\">to </span>None</ins>", email.1));
        history.assert_has("by Rosa Okafor").assert_has("Person edited by hand").assert_lacks("Phone:");
        let (clerk, run) = (world.signed_in("clerk").await, world.last_run());
        clerk.get(&format!("/runs/{run}")).await.assert_status(200).assert_has("Okonkwo-Bell").assert_has("Moon");
        // What was changed is found under the new name and not under the old e-mail.
        assert_eq!(clerk.ask("/people", &[("q", "okonkwo bell")]).await.listed(), ["NC0001234"]);
        assert!(clerk.ask("/people", &[("q", &email.1)]).await.listed().is_empty());
    }

    async fn choices_are_told_by_their_words_in_the_history_in_the_run_and_to_a_second_editor(world) {
        let registrar = world.signed_in("registrar").await;
        save(&registrar, "1", &[("status", "inactive"), ("member_type", "parent")]).await.assert_status(303);
        let run = format!("/runs/{}", world.last_run());
        for place in ["/people/NC0001234/history", &run] {
            let page = registrar.get(place).await;
            page.assert_reads("Status: from Active to Inactive").assert_reads("Member type: from Student to Parent");
            page.assert_lacks("</span>inactive").assert_lacks("</span>student");
        }
        let second = save(&registrar, "1", &[("status", "withdrawn"), ("member_type", "student")]).await;
        second.assert_status(409).assert_reads("Status : Active is now Inactive").assert_reads("Member type : Student is now Parent");
    }

    async fn problems_are_told_in_the_order_of_the_form(world) {
        let registrar = world.signed_in("registrar").await;
        let form = [("version", "1"), ("last_name", ""), ("first_name", ""), ("other_pid", "a\u{0}"), ("email", "nobody"), ("grad_year", "28"), ("birth_date", "x")];
        let answer = registrar.post(EDIT, &form).await;
        let summary = answer.assert_status(422).all_between("id=\"err-h\"", "</div>").remove(0);
        let told: Vec<&str> = summary.split("href=\"#").skip(1).filter_map(|p| p.split('"').next()).collect();
        assert_eq!(told, ["last_name", "birth_date", "other_pid", "email", "grad_year"]);
    }

    async fn a_form_sent_as_it_was_shown_changes_nothing(world) {
        let registrar = world.signed_in("registrar").await;
        let page = registrar.get(EDIT).await;
        let held = fields(&page);
        let form: Vec<(&str, &str)> = held.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let address = world.field_of("NC0001234", "address").replace('\n', "\r\n");
        let mut form = form;
        form.push(("address", &address));
        let before = world.snapshot();
        let page = registrar.submit(EDIT, &form).await;
        page.assert_has("Nothing was changed: everything is as it was.");
        world.assert_unchanged_since(&before);
    }

    async fn of_two_who_edit_one_person_the_second_is_told_what_the_first_changed_and_loses_nothing(world) {
        world.change("UPDATE users SET name = 'Rosa <Okafor>' WHERE user_key = 'registrar'");
        let (first, second) = (world.signed_in("registrar").await, world.signed_in("registrar").await);
        let held = fields(&second.get(EDIT).await);
        save(&first, "1", &[("campus", "North <1>"), ("phone", "555-1")]).await.assert_status(303);
        save(&first, "2", &[("campus", "North <2>")]).await.assert_status(303);
        let typed = [("campus", "South \"3\""), ("level", "L9"), ("address", "New\r\nStreet")];
        let answer = second.post(EDIT, &typed_over(&held, &typed)).await;
        answer.assert_status(409).assert_has("Rosa &#60;Okafor&#62; changed this person while you were typing");
        // Both changed the campus, and the form keeps what was typed; only the first changed the phone, which follows.
        answer.assert_has("Both of you changed").assert_has("is now <ins>North &#60;2&#62;</ins>").assert_lacks("North &#60;1&#62;");
        answer.assert_has("Only Rosa &#60;Okafor&#62; changed").assert_has("is now <ins>555-1</ins>").assert_has("New\r\nStreet</textarea>");
        let shown = fields(&answer);
        for (name, value) in [("campus", "South &#34;3&#34;"), ("level", "L9"), ("phone", "555-1"), ("version", "3")] {
            assert!(shown.contains(&(name.into(), value.into())), "{name}={value} in {shown:?}");
        }
        assert_eq!([world.field_of("NC0001234", "campus"), world.field_of("NC0001234", "lock_version")], ["North <2>", "3"]);
        // Sent again as the page has it now, it is saved.
        let again = [("version", "3"), ("campus", "South \"3\""), ("phone", "555-1"), ("level", "L9"), ("address", "New\r\nStreet")];
        second.post(EDIT, &typed_over(&held, &again)).await.assert_status(303);
        assert_eq!([world.field_of("NC0001234", "campus"), world.field_of("NC0001234", "phone")], ["South \"3\"", "555-1"]);
    }

    async fn what_only_the_first_of_two_editors_changed_is_not_taken_back_by_the_second(world) {
        let (first, second) = (world.signed_in("registrar").await, world.signed_in("registrar").await);
        let held = fields(&second.get(EDIT).await);
        save(&first, "1", &[("campus", "Brand New Campus")]).await.assert_status(303);
        let answer = second.post(EDIT, &typed_over(&held, &[("phone", "555-2")])).await;
        answer.assert_status(409).assert_has("is now <ins>Brand New Campus</ins>");
        let shown = fields(&answer);
        let form: Vec<(&str, &str)> = shown.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        second.post(EDIT, &form).await.assert_status(303);
        assert_eq!([world.field_of("NC0001234", "campus"), world.field_of("NC0001234", "phone")], ["Brand New Campus", "555-2"]);
    }

    async fn a_version_that_no_page_showed_saves_nothing(world) {
        let registrar = world.signed_in("registrar").await;
        let before = world.snapshot();
        for forged in ["0", "2", "999", "-1", "2147483647", "-2147483648"] {
            let answer = save(&registrar, forged, &[("campus", "Forged")]).await;
            assert_eq!(answer.status, 409, "version {forged}: {}", answer.body);
        }
        for forged in ["", "x", "2147483648", "1 OR 1=1"] {
            save(&registrar, forged, &[("campus", "Forged")]).await.assert_status(400);
        }
        registrar.post(EDIT, &[("campus", "Forged")]).await.assert_status(409);
        world.assert_unchanged_since(&before);
    }

    async fn fields_that_the_form_does_not_have_are_ignored(world) {
        let registrar = world.signed_in("registrar").await;
        let id = world.field_of("NC0001234", "id");
        let form = [
            ("campus", "Known"), ("sonis_id", "NC7777777"), ("id", "7"), ("school_id", "2"), ("lock_version", "99"), ("search_name", "x"),
            ("sort_name", "x"), ("created_at", "2000-01-01"), ("email_key", "x"), ("status_since", "2000-01-01"), ("__proto__", "x"), ("", "x"),
        ];
        save(&registrar, "1", &form).await.assert_status(303);
        for (column, expected) in [("campus", "Known"), ("sonis_id", "NC0001234"), ("id", &id), ("school_id", "1"), ("lock_version", "2")] {
            assert_eq!(world.field_of("NC0001234", column), expected);
        }
        assert!(world.field_of("NC0001234", "search_name").contains("okonkwo"));
    }

    async fn nobody_becomes_merged_by_editing_a_field(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.get(EDIT).await.assert_lacks("value=\"merged\"");
        let answer = save(&registrar, "1", &[("status", "merged")]).await;
        assert_eq!(world.field_of("NC0001234", "status"), "active", "{}", answer.status);
        answer.assert_status(422);
    }

    async fn a_form_of_another_school_is_a_conflict_that_says_so(world) {
        let mut registrar = world.signed_in("registrar").await;
        registrar.school = "HAR".into();
        let before = world.snapshot();
        let answer = save(&registrar, "1", &[("campus", "Wrong")]).await;
        answer.assert_status(409).assert_has("Another school").assert_has("belongs to the school HAR").assert_has("Northfield College now");
        let body = [("version", "1"), ("campus", "Wrong")];
        let request = registrar.client.post(registrar.url(EDIT)).header("sec-fetch-site", "same-origin").form(&body);
        registrar.send(request).await.assert_status(400);
        world.assert_unchanged_since(&before);
    }

    async fn a_status_says_since_when_it_holds(world) {
        let registrar = world.signed_in("registrar").await;
        world.clock.advance(chrono::Duration::minutes(1));
        let before = world.field_of("NC0001234", "status_since");
        save(&registrar, "1", &[("campus", "Same")]).await.assert_status(303);
        assert_eq!(world.field_of("NC0001234", "status_since"), before);
        save(&registrar, "2", &[("status", "inactive")]).await.assert_status(303);
        assert_ne!(world.field_of("NC0001234", "status_since"), before);
        let clerk = world.signed_in("clerk").await;
        clerk.get("/people/NC0001234").await.assert_has("Inactive since");
        assert!(!clerk.ask_partial("/people", &[("q", "Amara Okonkwo")]).await.listed().contains(&"NC0001234".to_owned()));
    }
}
