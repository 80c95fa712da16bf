//! The roster sync in the portal: from the upload to the undo, and who may do what.
//! Leaves planning to the tests of `sync`, the command to `cli`.

mod again;
mod background;
mod command;
mod exit_codes;
mod families;
mod files;
mod holding;
mod keeping;
mod many_problems;
mod match_lists;
mod matches;
mod mended;
mod preview;
mod refusals;
mod returning;
mod settings;
mod twins;
mod watch;
mod watch_command;

use crate::support::{Answer, Visitor, World};

/// The three extracts of a small new school, all of whose numbers begin at 1001.
pub const STUDENTS: &str = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tdcid\n\
    1001\tNuñez\tŽofie\t4\t91\n1002\t王\t小明\t5\t92\n1003\tAdeyemi\tTobi\t4\t93\n";
pub const TEACHERS: &str = "USERS.dcid\tLast_Name\tFirst_Name\tEmail_Addr\n\
    1001\tBerg\tAnna\tanna@school.example\n1007\tRossi\tPia\tpia@school.example\n";
pub const PARENTS: &str = "PERSON.ID\tLast_Name\tFirst_Name\tEmail\n\
    1001\tNuñez\tMara\tmara@home.example\n1002\tNuñez\tIvo\tmara@home.example\n1009\tAdeyemi\tAda\tada@home.example\n";
pub const RELATIONSHIPS: &str = "STUDENTCONTACTASSOC.studentdcid\tSTUDENTCONTACTASSOC.personid\tRELATIONSHIP_TYPE\n\
    91\t1001\tMother\n91\t1002\tFather\n93\t1009\tMother\n";

/// What stands in which place of the form.
pub type Given<'a> = (&'static str, &'a str);

pub const ALL: [Given<'static>; 4] =
    [("students", STUDENTS), ("teachers", TEACHERS), ("parents", PARENTS), ("relationships", RELATIONSHIPS)];

impl Visitor {
    /// Sends files as the form of the upload page does.
    pub async fn send_files(&self, scope: &str, files: &[Given<'_>]) -> Answer {
        self.send_files_for("vidigami", scope, files).await
    }

    pub async fn send_files_for(&self, integration: &str, scope: &str, files: &[Given<'_>]) -> Answer {
        let mut form = reqwest::multipart::Form::new()
            .text("school", self.school.clone())
            .text("integration", integration.to_owned())
            .text("scope", scope.to_owned());
        for (slot, text) in files {
            let file = reqwest::multipart::Part::bytes(text.as_bytes().to_vec()).file_name(format!("{slot}.txt"));
            form = form.part(*slot, file);
        }
        let request = self.client.post(self.url("/sync/upload")).header("sec-fetch-site", "same-origin");
        self.send(request.multipart(form)).await
    }

    /// Sends files, and opens the preview: its address and its page.
    pub async fn sync(&self, scope: &str, files: &[Given<'_>]) -> (String, Answer) {
        let answer = self.send_files(scope, files).await;
        answer.assert_status(303);
        let place = answer.location().expect("the preview's address");
        let mut page = self.get(&place).await;
        // On busy cores it may still be on its way.
        for _ in 0..100 {
            if !page.has("id=\"progress\"") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            page = self.get(&place).await;
        }
        page.assert_status(200);
        (place, page)
    }

    /// Presses a button of a sync's page and opens what follows.
    pub async fn press(&self, place: &str, what: &str) -> Answer {
        self.submit(&format!("{}/{what}", place.replace("/runs/", "/sync/")), &[]).await
    }
}

/// A number on the page, by its label.
pub fn tile(page: &Answer, label: &str) -> String {
    page.all_between(&format!("<dt>{label}</dt><dd>"), "</dd>")
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("no {label}:\n{}", page.body))
}

pub fn number(place: &str) -> &str {
    place.rsplit('/').next().expect("a number")
}

/// Who has a source's key.
pub fn who(world: &World, space: &str, key: &str) -> String {
    world.text(&format!(
        "SELECT p.sonis_id AS value FROM people p JOIN source_links l ON l.school_id = p.school_id AND l.person_id = p.id \
         WHERE l.key_norm = '{key}' AND l.source = 'powerschool.{space}' AND p.school_id = 1"
    ))
}

/// The live Host ID of somebody.
pub fn host_id(world: &World, sonis_id: &str) -> String {
    world.text(&format!(
        "SELECT i.value AS value FROM integration_ids i JOIN people p ON p.id = i.person_id AND p.school_id = i.school_id \
         JOIN integrations c ON c.id = i.integration_id \
         WHERE p.sonis_id = '{sonis_id}' AND c.code = 'vidigami' AND i.removed_at IS NULL"
    ))
}

/// Takes the demo's people out of the way: what is left is a new school.
pub fn empty(world: &World) {
    for table in ["relationships", "integration_ids", "source_links", "changes", "people"] {
        world.change(&format!("DELETE FROM {table} WHERE school_id = 1"));
    }
}
