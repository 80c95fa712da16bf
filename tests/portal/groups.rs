//! The Group Directory: what is in it for whom, a group with its members, and changing one.
//! Leaves what the roster sync does to groups to the unit tests of `groups::store`.

use crosswalk::schools::{LimitField, Limits};
use crosswalk::security::{Actor, User, set_limits};

use crate::on_both;
use crate::support::{Answer, World};

/// The demo school with two placeholder groups: of a grade with its students and two parents, and of all staff.
struct Directory {
    grade: i64,
    faculty: i64,
    students: usize,
    staff: usize,
}

impl Directory {
    fn of(world: &World) -> Directory {
        let grade = world.add_group("NFC", "academics", "Grade 9", Some("grade:9"));
        let faculty = world.add_group("NFC", "internal", "Faculty Group", Some("faculty"));
        let students = world.put_into(grade, "sync", "p.member_type = 'student' AND p.grade_level = 9");
        let two = "(SELECT q.id FROM people q WHERE q.school_id = p.school_id AND q.member_type = 'parent' ORDER BY q.id LIMIT 2)";
        assert_eq!(world.put_into(grade, "sync", &format!("p.id IN {two}")), 2);
        let staff = world.put_into(faculty, "sync", "p.member_type = 'staff'");
        assert!(students > 2 && staff > 2, "{students} students, {staff} staff");
        Directory { grade, faculty, students, staff }
    }

    fn grade(&self) -> String {
        format!("/groups/{}", self.grade)
    }
}

/// A row of the directory: the cells after the name, without their tags.
fn row(page: &Answer, name: &str) -> Vec<String> {
    let rows = page
        .body
        .split("<tr>")
        .filter_map(|r| r.split("</tr>").next())
        .find(|r| r.contains(&format!("<bdi>{name}</bdi>")));
    let row = rows.unwrap_or_else(|| panic!("{name} is not in the directory:\n{}", page.body));
    let text = |cell: &str| {
        let mut text = String::new();
        let mut is_tag = false;
        for c in cell.chars() {
            match c {
                '<' => is_tag = true,
                '>' => is_tag = false,
                c if !is_tag => text.push(c),
                _ => {}
            }
        }
        text.trim().to_owned()
    };
    let cells = row.split("<td").skip(1).map(|c| text(c.split_once('>').map_or("", |(_, c)| c)));
    cells.collect()
}

/// Who is named on the page of a group, by SONIS ID.
fn named(page: &Answer) -> Vec<String> {
    let links = page.body.split("<th scope=\"row\" class=\"name\"><a href=\"/people/").skip(1);
    links.filter_map(|l| l.split('"').next()).map(str::to_owned).collect()
}

fn group_row(world: &World, id: i64) -> String {
    world.text(&format!(
        "SELECT name || '|' || name_key || '|' || CASE WHEN hidden_at IS NULL THEN 'shown' ELSE 'hidden' END || '|' || lock_version AS value FROM groups WHERE id = {id}"
    ))
}

fn audited(world: &World) -> Vec<String> {
    world.texts(
        "SELECT actor_name || ': ' || subject AS value FROM audit_entries WHERE action = 'group_changed' ORDER BY id",
    )
}

on_both! {
    async fn an_empty_directory_says_what_to_do_next(world) {
        let clerk = world.signed_in("clerk").await;
        let page = clerk.get("/groups").await;
        page.assert_status(200).assert_has("No groups yet").assert_has("The first roster sync makes them").assert_lacks("Download CSV");
        page.assert_has("<a href=\"/groups\" aria-current=\"page\">Groups</a>");
        world.signed_in("support").await.get("/groups").await.assert_status(404);
    }

    async fn the_directory_counts_members_by_type_under_the_categories_that_have_groups(world) {
        let of = Directory::of(&world);
        world.add_group("HAR", "academics", "Grade 10", Some("grade:10"));
        world.add_group("NFC", "academics", "Grade 10", Some("grade:10"));
        world.add_group("NFC", "clubs", "Chess", None);
        let page = world.signed_in("clerk").await.get("/groups").await;
        let headings: Vec<&str> = page.body.split("<h2>").skip(1).filter_map(|h| h.split('<').next()).collect();
        assert_eq!(headings, ["Internal", "Academics", "Clubs"]);
        assert_eq!(row(&page, "Grade 9"), ["Placeholder", &of.students.to_string(), "0", "2"]);
        assert_eq!(row(&page, "Faculty Group"), ["Placeholder", "0", &of.staff.to_string(), "0"]);
        assert_eq!(row(&page, "Grade 10"), ["Placeholder", "0", "0", "0"]);
        assert_eq!(row(&page, "Chess"), ["Custom", "0", "0", "0"]);
        // 9 before 10, as numbers are.
        assert!(page.body.find("Grade 9") < page.body.find("Grade 10"));
        assert_eq!(page.body.matches("<bdi>Grade 10</bdi>").count(), 1, "the other school's is not here");
        let file = world.signed_in("clerk").await.get("/groups.csv").await;
        file.assert_has("Category,Group,Kind,State,Students,Staff,Parents,Members\r\n");
        file.assert_has(&format!("Academics,Grade 9,Placeholder,Shown,{},0,2,{}\r\n", of.students, of.students + 2));
        world.settle();
        let told = world.activity_texts("SELECT subject AS value FROM activity_entries WHERE action = 'exported'");
        assert_eq!(told, ["Group Directory: 4 rows"]);
    }

    async fn a_group_names_its_members_by_type_with_why_each_is_in_it(world) {
        let of = Directory::of(&world);
        let clerk = world.signed_in("clerk").await;
        let page = clerk.get(&of.grade()).await;
        page.assert_status(200).assert_has("Placeholder").assert_has("The students of the grade and their parents");
        page.assert_has(&format!("1–{0} of {0} members", of.students + 2)).assert_has("Roster sync, <a href=\"/runs/1\">run 1</a>");
        assert_eq!(named(&page).len(), of.students + 2);
        let sorted = world.texts(&format!(
            "SELECT p.sonis_id AS value FROM people p JOIN memberships m ON m.school_id = p.school_id AND m.person_id = p.id \
             WHERE m.group_id = {} ORDER BY p.sort_name, p.id", of.grade
        ));
        assert_eq!(named(&page), sorted);
        let parents = clerk.get(&format!("{}?member=parent", of.grade())).await;
        assert_eq!(named(&parents).len(), 2);
        parents.assert_has("1–2 of 2 members").assert_has(&format!("All <span>{}</span>", of.students + 2));
        clerk.get(&format!("{}?member=staff", of.grade())).await.assert_has("No members of this type");
        clerk.get(&format!("{}?member=dog&page=x", of.grade())).await.assert_status(200).assert_has("1–");
        // A second reason does not make a second person.
        let both = named(&parents).remove(0);
        assert_eq!(world.put_into(of.grade, "hand", &format!("p.sonis_id = '{both}'")), 1);
        let page = clerk.get(&of.grade()).await;
        assert_eq!(named(&page), sorted);
        page.assert_has("By hand, <a href=\"/runs/1\">run 1</a>");
        assert_eq!(row(&clerk.get("/groups").await, "Grade 9")[3], "2");
        let biographic = clerk.get(&format!("/people/{both}")).await;
        biographic.assert_has(&format!("<dt>Groups</dt><dd><a href=\"{}\"><bdi>Grade 9</bdi></a></dd>", of.grade()));
        let nobody = world.text("SELECT min(sonis_id) AS value FROM people WHERE sonis_id LIKE 'NC%' AND member_type = 'student' AND grade_level <> 9");
        clerk.get(&format!("/people/{nobody}")).await.assert_has("<dt>Groups</dt><dd><span class=\"text-2\">None</span></dd>");
    }

    async fn a_large_group_is_read_page_by_page_and_its_file_has_everybody(world) {
        let all = world.add_group("NFC", "student_life", "Everybody", None);
        let total = world.put_into(all, "list", "1 = 1");
        assert!(total > 100, "{total}");
        let clerk = world.signed_in("clerk").await;
        let (mut seen, mut page) = (Vec::new(), clerk.get(&format!("/groups/{all}")).await);
        page.assert_has(&format!("1–50 of {total} members")).assert_has("Group Membership list");
        for number in 2..=total.div_ceil(50) {
            seen.extend(named(&page));
            let next = format!("/groups/{all}?page={number}");
            page.assert_has(&format!("<a href=\"{next}\">Next</a>"));
            page = clerk.get(&next).await;
        }
        seen.extend(named(&page));
        page.assert_lacks(">Next</a>");
        assert_eq!(seen.len(), total);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), total, "nobody twice");
        clerk.get(&format!("/groups/{all}?page=900")).await.assert_has("The list is shorter now");
        clerk.get(&format!("/groups/{all}?member=student")).await.assert_has("member=student&#38;page=2").assert_has("members.csv?member=student");
        let file = clerk.get(&format!("/groups/{all}/members.csv")).await;
        assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"group-{all}-nfc.csv\""));
        assert_eq!(file.body.lines().count(), total + 1);
        assert_eq!(file.body.lines().next().unwrap().trim_start_matches('\u{feff}'), "SONIS ID,Last name,First name,Middle name,Member type,Status,Grade level,Grad year,Division,Campus,E-mail,Why");
        assert!(file.body.lines().skip(1).all(|l| l.ends_with(",Group Membership list")), "{}", file.body);
        let parents = clerk.get(&format!("/groups/{all}/members.csv?member=parent")).await;
        assert!(parents.body.lines().skip(1).all(|l| l.contains(",Parent,")), "{}", parents.body);
        let count = parents.body.lines().count() - 1;
        let told = world.activity_texts("SELECT subject AS value FROM activity_entries WHERE action = 'exported' ORDER BY id");
        assert_eq!(told, [format!("The group Everybody, members: {total} rows"), format!("The group Everybody, parents: {count} rows")]);
    }

    async fn who_sees_a_part_of_the_school_meets_and_counts_nobody_else_in_a_group(world) {
        let of = Directory::of(&world);
        let students: Vec<String> = world.texts(&format!("SELECT DISTINCT p.campus AS value FROM people p JOIN memberships m ON m.school_id = p.school_id AND m.person_id = p.id WHERE m.group_id = {} AND p.campus IS NOT NULL", of.grade));
        let campus = students.first().expect("a campus").clone();
        let inside = world.texts(&format!(
            "SELECT p.sonis_id AS value FROM people p JOIN memberships m ON m.school_id = p.school_id AND m.person_id = p.id \
             WHERE m.group_id = {} AND p.campus = '{campus}' ORDER BY p.sort_name, p.id", of.grade
        ));
        assert!(inside.len() < of.students + 2, "{} of {}", inside.len(), of.students + 2);
        let by = Actor::operator("a test");
        world.db.write(|conn| {
            let user = User::by_user_id(conn, "viewer")?.expect("a user");
            set_limits(conn, &user, &Limits::of([(LimitField::Campus, campus.clone())]), &by, world.clock.now())
                .map_err(|e| crosswalk::error::AppError::Internal(e.to_string()))
        }).unwrap();
        let viewer = world.signed_in("viewer").await;
        let page = viewer.get(&of.grade()).await;
        assert_eq!(named(&page), inside);
        page.assert_has("of the people to whom your access is limited").assert_lacks("href=\"/runs/1\"");
        let total: usize = row(&viewer.get("/groups").await, "Grade 9")[1..].iter().map(|n| n.parse::<usize>().unwrap()).sum();
        assert_eq!(total, inside.len());
        assert_eq!(viewer.get(&format!("{}/members.csv", of.grade())).await.body.lines().count(), inside.len() + 1);
        let file = viewer.get("/groups.csv").await;
        assert!(file.body.lines().any(|l| l.starts_with("Academics,Grade 9,") && l.ends_with(&format!(",{}", inside.len()))), "{}", file.body);
        // The Task works on everybody at once: beside limits it does not count.
        world.let_use("viewer", "manage_groups");
        viewer.get(&of.grade()).await.assert_lacks(">Rename<");
        viewer.post(&format!("{}/hide", of.grade()), &[("version", "1")]).await.assert_status(403);
    }

    async fn a_hidden_group_is_there_only_for_whoever_manages_groups(world) {
        let of = Directory::of(&world);
        let member = world.text("SELECT min(sonis_id) AS value FROM people WHERE sonis_id LIKE 'NC%' AND grade_level = 9");
        world.let_use("registrar", "manage_groups");
        let (registrar, clerk) = (world.signed_in("registrar").await, world.signed_in("clerk").await);
        let page = registrar.submit(&format!("{}/hide", of.grade()), &[("version", "1")]).await;
        page.assert_has("Grade 9 is hidden").assert_has("The next roster sync puts it back").assert_has(">Show again<");
        assert_eq!(group_row(&world, of.grade), "Grade 9|grade 9|hidden|2");
        clerk.get("/groups").await.assert_lacks("Grade 9").assert_has("Faculty Group");
        clerk.get("/groups.csv").await.assert_lacks("Grade 9");
        clerk.get(&format!("/people/{member}")).await.assert_status(200).assert_lacks("/groups/");
        for part in ["", "/members.csv"] {
            let (theirs, nobodys) = (format!("{}{part}", of.grade()), format!("/groups/99999999{part}"));
            let (a, b) = (clerk.get(&theirs).await, clerk.get(&nobodys).await);
            a.assert_status(404);
            assert_eq!(a.without(&[&theirs]), b.without(&[&nobodys]));
        }
        registrar.get("/groups").await.assert_has("Grade 9").assert_has(">Hidden<");
        registrar.get(&format!("/people/{member}")).await.assert_has("Grade 9").assert_has("hidden");
        registrar.get("/groups.csv").await.assert_has("Academics,Grade 9,Placeholder,Hidden,");
        registrar.submit(&format!("{}/show", of.grade()), &[("version", "2")]).await.assert_has("Grade 9 is shown again");
        clerk.get(&of.grade()).await.assert_status(200);
        assert_eq!(audited(&world), ["hidden", "shown again"].iter().map(|what| {
            format!("{}: Grade 9 in Academics: {what}", world.text("SELECT name AS value FROM users WHERE user_key = 'registrar'"))
        }).collect::<Vec<_>>());
    }

    async fn a_group_is_renamed_by_whoever_manages_groups_and_that_is_on_record(world) {
        let of = Directory::of(&world);
        let clerk = world.signed_in("clerk").await;
        clerk.get(&of.grade()).await.assert_lacks("<form class=\"cw-form\"").assert_lacks(">Delete<");
        clerk.post(&format!("{}/rename", of.grade()), &[("version", "1"), ("name", "Ours")]).await.assert_status(403).assert_has("Manage groups");
        world.let_use("registrar", "manage_groups");
        let registrar = world.signed_in("registrar").await;
        let rename = format!("{}/rename", of.grade());
        registrar.get(&of.grade()).await.assert_has("value=\"Grade 9\"");
        let page = registrar.submit(&rename, &[("version", "1"), ("name", "  Third   Form ")]).await;
        page.assert_has("Grade 9 is called Third Form now").assert_has("<h1><bdi>Third Form</bdi></h1>");
        assert_eq!(group_row(&world, of.grade), "Third Form|third form|shown|2");
        let by = world.text("SELECT name AS value FROM users WHERE user_key = 'registrar'");
        assert_eq!(audited(&world), [format!("{by}: Grade 9 in Academics: renamed to Third Form")]);
        let before = world.snapshot();
        registrar.submit(&rename, &[("version", "2"), ("name", "Third Form")]).await.assert_has("Nothing was changed");
        let long = "x".repeat(61);
        for (name, told) in [("", "Type a name"), (long.as_str(), "has at most 60 letters, this one has 61"), ("a\u{202e}b", "letters that nobody sees")] {
            registrar.post(&rename, &[("version", "2"), ("name", name)]).await.assert_status(422).assert_has(told);
        }
        world.add_group("HAR", "academics", "Grade 11", None);
        world.assert_unchanged_since(&{ let mut b = before; b.insert("groups".into(), world.snapshot()["groups"].clone()); b });
        world.add_group("NFC", "academics", "Grade 10", Some("grade:10"));
        world.add_group("NFC", "clubs", "Grade 12", None);
        let taken = registrar.post(&rename, &[("version", "2"), ("name", "GRADE  10")]).await;
        taken.assert_status(422).assert_has("There is a group GRADE 10 in this category already").assert_has("value=\"GRADE 10\"");
        // Other categories and other schools have names of their own.
        for (version, name) in [("2", "Grade 12"), ("3", "Grade 11"), ("4", "GRADE 11")] {
            registrar.submit(&rename, &[("version", version), ("name", name)]).await.assert_has(&format!("is called {name} now"));
        }
    }

    async fn a_form_that_was_drawn_before_somebody_else_changed_the_group_changes_nothing(world) {
        let of = Directory::of(&world);
        world.let_use("registrar", "manage_groups");
        let registrar = world.signed_in("registrar").await;
        registrar.submit(&format!("{}/rename", of.grade()), &[("version", "1"), ("name", "Third Form")]).await.assert_status(200);
        let before = world.snapshot();
        let stale = registrar.post(&format!("{}/rename", of.grade()), &[("version", "1"), ("name", "Form 3")]).await;
        stale.assert_status(409).assert_has("changed this group meanwhile").assert_has("value=\"Form 3\"").assert_has("<h1><bdi>Third Form</bdi></h1>");
        registrar.post(&format!("{}/hide", of.grade()), &[]).await.assert_status(409).assert_has("changed this group meanwhile");
        world.assert_unchanged_since(&before);
        // Sent again from the page that tells it, it is taken.
        let version = stale.hidden("version");
        registrar.submit(&format!("{}/rename", of.grade()), &[("version", &version), ("name", "Form 3")]).await.assert_has("is called Form 3 now");
    }

    async fn deleting_a_placeholder_group_is_refused_with_the_reason(world) {
        let of = Directory::of(&world);
        let chess = world.add_group("NFC", "clubs", "Chess", None);
        world.let_use("registrar", "manage_groups");
        let registrar = world.signed_in("registrar").await;
        let before = world.snapshot();
        for group in [of.grade, of.faculty] {
            registrar.get(&format!("/groups/{group}")).await.assert_has(">Delete</button>");
            let refused = registrar.post(&format!("/groups/{group}/delete"), &[("version", "1")]).await;
            refused.assert_status(422).assert_has("is not deleted. It is a placeholder group: each roster sync puts people into it");
        }
        registrar.get(&format!("/groups/{chess}")).await.assert_lacks(">Delete</button>");
        registrar.post(&format!("/groups/{chess}/delete"), &[("version", "1")]).await.assert_status(404);
        world.assert_unchanged_since(&before);
    }
}
