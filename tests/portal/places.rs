//! One address of every kind in each school, with the form that its page would send: what walks over all routes stands on.
//! Leaves the walking to `routes` and `csrf`.

use reqwest::Method;

use crate::support::{Answer, Visitor, World};

/// Real records of one school.
#[derive(Debug, Clone)]
pub struct Places {
    /// Somebody with an ID, and the row of it.
    pub holder: String,
    pub record: String,
    /// Somebody with none.
    pub without: String,
    /// Somebody whose ID was added by hand, and the run of that.
    pub added: String,
    pub added_run: String,
    pub to_apply: String,
    pub to_abandon: String,
    pub applied: String,
    /// The school's code, and an integration that it has Live.
    pub school: String,
    pub integration: String,
    /// A user made for the walks, so that nobody else is disabled, and a draft about them.
    pub user: String,
    pub draft: String,
    /// A profile of the school's own.
    pub profile: String,
    /// A placeholder group.
    pub group: String,
    /// Syncs: one with a change that can be left out, to be applied; to be abandoned; applied; held. And a file that waits.
    pub sync: String,
    pub change: String,
    /// A change of the import that is to be applied.
    pub import_change: String,
    pub sync_to_abandon: String,
    pub sync_to_undo: String,
    pub held: String,
    pub upload: String,
    /// What stands on the desk.
    pub item: String,
}

/// What a form sends.
pub enum Form {
    Fields(Vec<(&'static str, String)>),
    File,
}

impl Places {
    /// Makes the records, as the school's registrar would.
    pub async fn of(world: &World, registrar: &Visitor) -> Places {
        let school = registrar.school.as_str();
        let user = format!("places.{}", school.to_lowercase());
        world.copy_user(if school == "NFC" { "clerk" } else { "registrar2" }, &user);
        let draft = if school == "NFC" {
            Places::draft_of(&world.signed_in("security").await, &user).await
        } else {
            // Nobody of the school may begin one.
            "0123".to_owned()
        };
        let holder = world.students_with_id(school, "canvas").remove(0);
        let page = registrar.get(&format!("/people/{holder}/integration-ids")).await;
        let record = page.deletable().remove(0);
        let mut free = world.students_without_ids(school);
        let (without, added) = (free.remove(0), free.remove(0));
        let form = [("integration", "canvas"), ("value", "places-1")];
        let page = registrar.submit(&format!("/people/{added}/integration-ids/add"), &form).await;
        let added_run = page.undo().expect("an Undo");
        let number = |place: String| place.rsplit('/').next().expect("a number").to_owned();
        let file =
            |n: u32| format!("Student_Number\tLast_Name\tFirst_Name\n88000{n}\tPlaces\tRun {n}\nx\tNo\tNumber\n");
        let (applied, _) = registrar.import("applied.txt", file(1)).await;
        let (to_apply, _) = registrar.plan("to-apply.txt", file(2)).await;
        let (to_abandon, _) = registrar.plan("to-abandon.txt", file(3)).await;
        let mut syncs = Vec::new();
        for n in 4..8 {
            let (run, _) = registrar.plan("sync.txt", file(n)).await;
            if n == 6 {
                registrar.submit(&format!("{run}/apply"), &[]).await;
            }
            syncs.push(number(run));
        }
        let [sync, sync_to_abandon, sync_to_undo, held] = syncs.try_into().expect("four runs");
        world.make_syncs(&[&sync, &sync_to_abandon, &sync_to_undo, &held]);
        world.hold(&held);
        let first =
            |run: &str| world.text(&format!("SELECT CAST(min(id) AS TEXT) AS value FROM changes WHERE run_id = {run}"));
        let (change, import_change) = (first(&sync), first(&number(to_apply.clone())));
        let upload = world.add_upload(school, "students", "Student_Number\tLast_Name\tFirst_Name\n");
        // The last that is made: from here on the desk has nothing new to look at.
        for campus in ["One", "Two"] {
            crate::desk::add(registrar, "Places", &[("birth_date", "2015-03-02"), ("campus", campus)]).await;
        }
        let profile = world.add_profile(school).to_string();
        let group = world.add_group(school, "academics", "Grade 3", Some("grade:3")).to_string();
        let desk = registrar.get("/desk?kind=same_person").await;
        let item = desk.all_between("<a href=\"/desk/", "\"").pop().expect("an item");
        Places {
            item,
            sync,
            change,
            import_change,
            sync_to_abandon,
            sync_to_undo,
            held,
            upload: upload.to_string(),
            holder,
            record,
            without,
            added,
            added_run,
            to_apply: number(to_apply),
            to_abandon: number(to_abandon),
            applied: number(applied),
            school: school.to_owned(),
            integration: "canvas".into(),
            user,
            draft,
            profile,
            group,
        }
    }

    /// Records that no school has.
    pub fn missing() -> Places {
        let (person, run) = ("NC9999999".to_owned(), "99999999".to_owned());
        Places {
            holder: person.clone(),
            record: run.clone(),
            without: person.clone(),
            added: person,
            added_run: run.clone(),
            to_apply: run.clone(),
            to_abandon: run.clone(),
            applied: run.clone(),
            sync: run.clone(),
            change: run.clone(),
            import_change: run.clone(),
            sync_to_abandon: run.clone(),
            sync_to_undo: run.clone(),
            held: run.clone(),
            upload: run.clone(),
            item: run,
            school: "NOWHERE".into(),
            integration: "nothing".into(),
            user: "nobody.here".into(),
            draft: "4567".into(),
            profile: "99999999".into(),
            group: "99999999".into(),
        }
    }

    /// A draft of the wizard, begun by the visitor.
    pub async fn draft_of(visitor: &Visitor, user: &str) -> String {
        let begun = visitor.post("/security/wizard", &[("user", user)]).await;
        let place = begun.location().expect("a draft");
        place.split('/').nth(3).expect("its number").to_owned()
    }

    /// The address of a route, its parameters filled with these records.
    pub fn address(&self, path: &str) -> String {
        let person = match path {
            p if p.ends_with("/delete") => &self.holder,
            p if p.ends_with("/undo") => &self.added,
            _ => &self.without,
        };
        let run = match path {
            p if p.starts_with("/people/import/") => &self.to_apply,
            p if p.contains("/changes") || p.contains("/blocked/") => &self.sync,
            "/sync/{run}/apply" | "/sync/{run}/cancel" => &self.sync,
            "/sync/{run}/abandon" => &self.sync_to_abandon,
            "/sync/{run}/release" | "/sync/{run}/go-on" => &self.held,
            p if p.ends_with("/apply") => &self.to_apply,
            p if p.ends_with("/abandon") => &self.to_abandon,
            "/sync/{run}/undo" => &self.sync_to_undo,
            _ => &self.applied,
        };
        let file = crosswalk::web::assets::address("app.css").trim_start_matches("/static/");
        let address = path.replace("{sonis_id}", person).replace("{run}", run).replace("{file}", file);
        let address = address.replace("{school}", &self.school).replace("{integration}", &self.integration);
        let address = address
            .replace("{draft}", &self.draft)
            .replace("{profile}", &self.profile)
            .replace("{step}", "user-id")
            .replace("{member_type}", "student");
        let change = if path.starts_with("/people/import/") { &self.import_change } else { &self.change };
        let address = address.replace("{change}", change).replace("{upload}", &self.upload);
        let address = address.replace("{item}", &self.item);
        let address = address.replace("{slot}", "students");
        let address = address.replace("{user}", &self.user).replace("{group}", &self.group);
        assert!(!address.contains('{'), "no value for a parameter of {path}: add it here");
        address
    }

    /// What the page's own form would send.
    pub fn form(&self, path: &str) -> Form {
        let fields =
            |all: &[(&'static str, &str)]| Form::Fields(all.iter().map(|(n, v)| (*n, (*v).to_owned())).collect());
        match path {
            "/sign-in" => fields(&[("user_id", "nobody"), ("password", "nothing")]),
            "/sign-out" => fields(&[]),
            "/account/password" => fields(&[("old", "not it"), ("new", "velvet-tractor-omelette"), ("again", "")]),
            "/account/sessions/end" => fields(&[("session", "others")]),
            "/account/keys" => fields(&[("keys", "off")]),
            "/school" => fields(&[("to", "")]),
            "/settings/theme" => fields(&[("theme", "dark"), ("back", "/")]),
            "/notice/dismiss" => fields(&[("back", "/")]),
            "/people/new" => fields(&[("last_name", "Places"), ("member_type", "parent"), ("status", "active")]),
            "/people/import" => Form::File,
            "/people/{sonis_id}/edit" => fields(&[("version", "1"), ("campus", "Places")]),
            "/people/{sonis_id}/merge" => fields(&[("with", &self.holder)]),
            "/people/{sonis_id}/merge/undo" => fields(&[("run", &self.added_run)]),
            "/people/{sonis_id}/integration-ids/add" => fields(&[("integration", "canvas"), ("value", "places-2")]),
            "/people/{sonis_id}/integration-ids/delete" => fields(&[("delete", &self.record)]),
            "/people/{sonis_id}/integration-ids/undo" => fields(&[("run", &self.added_run)]),
            "/integrations/{integration}/request" => fields(&[]),
            "/integrations/{integration}/dismiss" => fields(&[("back", "/people")]),
            "/support/integrations/new" | "/support/integrations/{integration}/edit" => fields(&[("name", "")]),
            "/support/integrations/{integration}/retire" => fields(&[("retired", "")]),
            "/support/schools/{school}/{integration}" => fields(&[("stage", "live"), ("next", "nobody")]),
            "/people/import/{run}/changes/{change}/exclude"
            | "/people/import/{run}/changes/{change}/include"
            | "/people/import/{run}/cancel" => fields(&[]),
            "/desk/{item}" => fields(&[("version", "1"), ("owner", "school"), ("state", "open")]),
            "/runs/{run}/apply" | "/runs/{run}/abandon" | "/runs/{run}/undo" => fields(&[]),
            "/runs/{run}/changes/{change}/exclude" | "/runs/{run}/changes/{change}/include" => fields(&[]),
            "/sync/{run}/apply" | "/sync/{run}/abandon" | "/sync/{run}/undo" | "/sync/{run}/cancel" => fields(&[]),
            "/sync/{run}/release" => fields(&[("reason", "Places")]),
            "/sync/{run}/go-on" => fields(&[("reason", "Places")]),
            "/sync/upload" | "/sync/match-list" => Form::File,
            "/sync/returning" => fields(&[("integration", "nothing")]),
            "/sync/upload/{upload}/remove" => fields(&[]),
            "/sync/upload/{upload}/put" => fields(&[("to", "parents")]),
            "/sync/columns" => fields(&[("slot", "students")]),
            "/sync/columns/forget" => fields(&[("slot", "students"), ("key", "nothing")]),
            "/sync/emails/decide" | "/sync/emails/take-back" => fields(&[("email", "places@home.example")]),
            "/sync/matches/decide" | "/sync/matches/take-back" => fields(&[("kind", "twin"), ("one", "users:1")]),
            "/sync/watch" => fields(&[("when", "never")]),
            "/sync/settings" => fields(&[("limit_updated", "none")]),
            "/security/users/{user}/password" => fields(&[("password", "velvet-tractor-omelette")]),
            "/security/users/{user}/disable"
            | "/security/users/{user}/enable"
            | "/security/users/{user}/end-sessions" => fields(&[]),
            "/security/profiles/new" | "/security/profiles/{profile}" => {
                fields(&[("name", "Places"), ("version", "1")])
            }
            "/security/profiles/{profile}/retire" => fields(&[]),
            "/id-specs/runs/{run}/apply" | "/id-specs/runs/{run}/abandon" | "/id-specs/runs/{run}/undo" => fields(&[]),
            "/id-specs/{integration}/{member_type}" => fields(&[("template", "{sequence:7}"), ("version", "0")]),
            "/id-specs/{integration}/{member_type}/make" => fields(&[]),
            "/groups/list" => Form::File,
            "/groups/list/back"
            | "/groups/list/{run}/apply"
            | "/groups/list/{run}/abandon"
            | "/groups/list/{run}/undo" => fields(&[]),
            "/groups/{group}/rename" => fields(&[("version", "1"), ("name", "Places")]),
            "/groups/{group}/hide" | "/groups/{group}/show" | "/groups/{group}/delete" => fields(&[("version", "1")]),
            "/security/wizard" => fields(&[("user", &self.user)]),
            "/security/wizard/{draft}/{step}" => {
                fields(&[("turn", "1"), ("name", "Places"), ("email", ""), ("profile", "clerk")])
            }
            _ => panic!("no form for {path}: add it here"),
        }
    }

    /// Calls a route as the visitor's browser would.
    pub async fn call(&self, visitor: &Visitor, method: &str, path: &str) -> Answer {
        let address = self.address(path);
        match method {
            "GET" => return visitor.get(&address).await,
            "HEAD" => return visitor.send(visitor.client.head(visitor.url(&address))).await,
            _ => {}
        }
        let request =
            visitor.client.request(Method::from_bytes(method.as_bytes()).expect("a method"), visitor.url(&address));
        let request = request.header("sec-fetch-site", "same-origin");
        visitor.send(self.filled(request, visitor, path)).await
    }

    /// A request with the form of its page in it.
    pub fn filled(&self, request: reqwest::RequestBuilder, visitor: &Visitor, path: &str) -> reqwest::RequestBuilder {
        match self.form(path) {
            Form::Fields(mut fields) => {
                fields.push(("school", visitor.school.clone()));
                request.form(&fields)
            }
            Form::File => {
                let bytes = b"Student_Number\tLast_Name\tFirst_Name\n880009\tPlaces\tRun\n".to_vec();
                let part = reqwest::multipart::Part::bytes(bytes).file_name("places.txt");
                request.multipart(
                    reqwest::multipart::Form::new().text("school", visitor.school.clone()).part("file", part),
                )
            }
        }
    }
}
