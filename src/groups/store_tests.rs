//! The store of groups against a database: SQLite always, PostgreSQL where the test run has one.
//! Leaves what the portal shows of groups to `tests/portal/groups.rs`.

use super::*;
use crate::clock::Clock;
use crate::db::{DatabaseUrl, Db};
use crate::groups::Group;
use crate::people::Biographic;
use crate::people::store::PersonRow;
use crate::runs::{NewRun, RunKind};
use crate::schools::NewSchool;
use crate::security::Actor;

struct World {
    db: Db,
    school: CurrentSchool,
    run: RunId,
    people: Vec<PersonId>,
    now: NaiveDateTime,
}

impl World {
    fn at(url: &str) -> World {
        let db = Db::open(&DatabaseUrl::parse(url).unwrap(), 1).unwrap();
        let now = Clock::default().now();
        let open = |code: &str, letters: &str| {
            let new = NewSchool::parse(code, code, letters, "UTC").unwrap();
            db.write(|conn| Ok(new.add(conn, now).unwrap())).unwrap()
        };
        let (school, other) = (open("NFC", "NC"), open("HAR", "HA"));
        let (run, people) = db
            .write(|conn| {
                // Another school's groups of the same names are nobody's business here.
                ensure(conn, &other, &[Placeholder::Grade(3), Placeholder::Faculty], now)?;
                let run = NewRun::edit(RunKind::NewPerson, &Actor::operator("a test")).store(conn, &school, now)?;
                let people = crate::db::bulk::next_person_ids(conn, 1201)?;
                let rows = people.iter().map(|id| {
                    let bio = Biographic { last_name: format!("P{id}"), ..Biographic::default() };
                    PersonRow::new(&school, *id, format!("NC{:07}", id.0), bio, now)
                });
                crate::people::store::insert_all(conn, rows.collect())?;
                Ok((run, people))
            })
            .unwrap();
        World { db, school, run, people, now }
    }

    fn ensure(&self, wanted: &[Placeholder]) -> HashMap<Placeholder, GroupId> {
        self.db.write(|conn| ensure(conn, &self.school, wanted, self.now)).unwrap()
    }

    fn join(&self, rows: Vec<(GroupId, PersonId)>) {
        self.db.write(|conn| join(conn, &self.school, self.run, rows)).unwrap();
    }

    fn leave(&self, rows: Vec<(GroupId, PersonId)>) -> usize {
        self.db.write(|conn| leave(conn, &self.school, rows)).unwrap()
    }

    fn groups(&self) -> Vec<Group> {
        self.db.read(|conn| Group::all(conn, &self.school, true)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        self.groups().into_iter().map(|g| g.name).collect()
    }

    fn sizes(&self) -> HashMap<Placeholder, i64> {
        self.db.read(|conn| sizes(conn, &self.school)).unwrap()
    }

    fn held_of(&self, people: &[PersonId]) -> HashMap<PersonId, Vec<Placeholder>> {
        self.db.read(|conn| held_of(conn, &self.school, people)).unwrap()
    }

    /// As somebody who manages groups, or a list, would.
    fn rename(&self, id: GroupId, name: &str) {
        let set = (groups::name.eq(name), groups::name_key.eq(name_key(name)), groups::hidden_at.eq(self.now));
        let group = || groups::of(&self.school).filter(groups::id.eq(id));
        self.db.write(|conn| Ok(diesel::update(group()).set(set).execute(conn)?)).unwrap();
    }

    fn make_own(&self, category: Category, name: &str) {
        let row = (
            groups::school_id.eq(self.school.id()),
            groups::category.eq(category),
            groups::name.eq(name),
            groups::name_key.eq(name_key(name)),
            groups::lock_version.eq(1),
            groups::created_at.eq(self.now),
        );
        self.db.write(|conn| Ok(groups::insert().values(row).execute(conn)?)).unwrap();
    }
}

/// Runs a test on each database that there is.
fn on_each_database(name: &str, test: impl Fn(World)) {
    let dir = tempfile::tempdir().unwrap();
    test(World::at(&format!("sqlite:{}", dir.path().join("groups.db").display())));
    let sqlite_only = std::env::var("CROSSWALK_TEST_DATABASES").is_ok_and(|v| v == "sqlite");
    let Some(server) = std::env::var("CROSSWALK_TEST_POSTGRES").ok().filter(|_| !sqlite_only) else { return };
    let execute = |sql: &str| {
        use diesel::connection::SimpleConnection;
        PgConnection::establish(&server).unwrap().batch_execute(sql).unwrap();
    };
    let database = format!("groups_{name}_{}", std::process::id());
    execute(&format!("CREATE DATABASE {database}"));
    let (base, _) = server.rsplit_once('/').unwrap();
    test(World::at(&format!("{base}/{database}")));
    execute(&format!("DROP DATABASE {database} WITH (FORCE)"));
}

use Placeholder::{Faculty, GradYear, Grade};

#[test]
fn missing_groups_are_made_once_under_their_names_and_categories() {
    on_each_database("made", |world| {
        let first = world.ensure(&[Grade(3), GradYear(2031), Faculty, Grade(3)]);
        assert_eq!(first.len(), 3);
        assert_eq!(world.names(), ["Faculty Group", "Grade 3", "Grad Year 2031"]);
        let before = world.groups();
        assert_eq!(world.ensure(&[Faculty, Grade(3), GradYear(2031)]), first);
        assert_eq!(world.groups(), before, "nothing was to be done");
        assert_eq!(world.ensure(&[]), HashMap::new());
        assert_eq!(before[0].category, Category::Internal);
        assert!(before.iter().all(|g| first[&g.placeholder.unwrap()] == g.id));
    });
}

#[test]
fn a_group_that_was_renamed_or_hidden_is_as_it_should_be_after_the_next_sync() {
    on_each_database("back", |world| {
        let ids = world.ensure(&[Grade(3), Grade(4), GradYear(2031)]);
        world.rename(ids[&Grade(3)], "elsewhere");
        world.rename(ids[&Grade(4)], "Grade 3");
        world.rename(ids[&Grade(3)], "Grade 4");
        world.rename(ids[&GradYear(2031)], "grad  year 2031");
        assert_eq!(
            world.ensure(&[Grade(3), Grade(4)]),
            HashMap::from([(Grade(3), ids[&Grade(3)]), (Grade(4), ids[&Grade(4)])])
        );
        let groups = world.groups();
        let told: Vec<_> = groups.iter().map(|g| (g.name.as_str(), g.hidden_at.is_some(), g.lock_version)).collect();
        // Nobody wants the year any more: it has its name again, and stays hidden.
        assert_eq!(told, [("Grade 3", false, 2), ("Grade 4", false, 2), ("Grad Year 2031", true, 2)]);
    });
}

#[test]
fn a_name_that_a_group_of_the_schools_own_has_is_left_to_it() {
    on_each_database("own", |world| {
        world.make_own(Category::Academics, "GRADE 3");
        world.make_own(Category::Academics, "Grade 3 (Roster Sync)");
        world.make_own(Category::Clubs, "Grade 4");
        let ids = world.ensure(&[Grade(3), Grade(4)]);
        assert_eq!(
            world.names(),
            ["Grade 3 (roster sync 2)", "Grade 4", "GRADE 3", "Grade 3 (Roster Sync)", "Grade 4"]
        );
        let own = world.groups().into_iter().find(|g| g.name == "GRADE 3").unwrap();
        world.rename(own.id, "Third form");
        assert_eq!(world.ensure(&[Grade(3), Grade(4)]), ids);
        assert_eq!(world.names()[0], "Grade 3");
        let own = world.groups().into_iter().find(|g| g.id == own.id).unwrap();
        assert_eq!((own.name.as_str(), own.hidden_at.is_some()), ("Third form", true), "no sync touches it");
    });
}

#[test]
fn people_join_and_leave_by_the_sync_and_what_another_put_there_stays() {
    on_each_database("joins", |world| {
        let ids = world.ensure(&[Grade(3), Grade(4), Faculty]);
        let (third, fourth) = (ids[&Grade(3)], ids[&Grade(4)]);
        let into = |group: GroupId, people: &[PersonId]| people.iter().map(|p| (group, *p)).collect::<Vec<_>>();
        let mut rows = into(third, &world.people);
        rows.extend(into(fourth, &world.people[..2]));
        rows.push((third, world.people[0]));
        world.join(rows);
        assert_eq!(world.sizes(), HashMap::from([(Grade(3), 1201), (Grade(4), 2), (Faculty, 0)]));
        let by_hand = MembershipRow {
            school_id: world.school.id(),
            group_id: third,
            person_id: world.people[5],
            why: Why::Hand,
            run_id: world.run,
        };
        world.db.write(|conn| Ok(memberships::insert().values(&by_hand).execute(conn)?)).unwrap();
        assert_eq!(world.sizes()[&Grade(3)], 1201, "sizes are those of the sync");
        let held = world.held_of(&[world.people[0], world.people[5], world.people[0]]);
        assert_eq!(
            held,
            HashMap::from([(world.people[0], vec![Grade(3), Grade(4)]), (world.people[5], vec![Grade(3)])])
        );
        assert_eq!(world.held_of(&world.people).len(), 1201);
        assert_eq!(world.leave(into(third, &world.people[1..])), 1200);
        assert_eq!(world.leave(into(third, &world.people[1..])), 0, "they are out already");
        assert_eq!(world.sizes(), HashMap::from([(Grade(3), 1), (Grade(4), 2), (Faculty, 0)]));
        assert_eq!(world.held_of(&world.people[5..6]), HashMap::new());
        let groups = world.db.read(|conn| Group::of_person(conn, &world.school, world.people[5], false)).unwrap();
        assert_eq!(groups.iter().map(|g| g.id).collect::<Vec<_>>(), [third], "by hand, still");
    });
}
