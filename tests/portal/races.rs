//! Several people at the same moment: one gets it, the others are told, and nobody meets a failure.
//! Leaves what each of them does alone to the other files.

use crate::on_both;
use crate::support::{Answer, Visitor};

const ROUNDS: usize = 20;
const AT_ONCE: usize = 10;

async fn all_at_once(tasks: Vec<tokio::task::JoinHandle<Answer>>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

fn adding(visitor: &Visitor, student: &str, value: &str) -> tokio::task::JoinHandle<Answer> {
    let (visitor, place, value) = (visitor.clone(), format!("/people/{student}/integration-ids/add"), value.to_owned());
    tokio::spawn(async move { visitor.post(&place, &[("integration", "canvas"), ("value", &value)]).await })
}

on_both! {
    async fn of_ten_visitors_who_add_one_id_at_once_one_gets_it_and_the_others_read_who(world) {
        let registrar = world.signed_in("registrar").await;
        let mut free = world.students_without_ids("NFC");
        for round in 0..ROUNDS {
            let value = format!("race-{round}");
            let students: Vec<String> = free[..AT_ONCE].to_vec();
            let tasks = students.iter().map(|s| adding(&registrar, s, &value)).collect();
            let answers = all_at_once(tasks).await;
            let winners: Vec<&String> = students.iter().zip(&answers).filter(|(_, a)| a.status == 303).map(|(s, _)| s).collect();
            assert_eq!(winners.len(), 1, "round {round}: {:?}", answers.iter().map(|a| a.status.as_u16()).collect::<Vec<_>>());
            for answer in answers.iter().filter(|a| a.status != 303) {
                answer.assert_status(422).assert_has(&format!("{value} is the Canvas ID of"));
                answer.assert_has(&format!("href=\"/people/{}\"", winners[0]));
            }
            let held = world.number(&format!("SELECT count(*) AS value FROM integration_ids WHERE value = '{value}'"));
            assert_eq!(held, 1, "round {round}");
            free.retain(|s| s != winners[0]);
        }
        assert_eq!(world.count("changes"), i64::try_from(ROUNDS).unwrap(), "a refused try left a change");
        assert_eq!(world.number("SELECT count(*) AS value FROM runs WHERE kind = 'add_id'"), i64::try_from(ROUNDS).unwrap());
    }

    async fn of_ten_ids_added_to_one_person_at_once_one_stays(world) {
        let registrar = world.signed_in("registrar").await;
        for student in &world.students_without_ids("NFC")[..5] {
            let tasks = (0..AT_ONCE).map(|n| adding(&registrar, student, &format!("{student}-{n}"))).collect();
            let answers = all_at_once(tasks).await;
            assert_eq!(answers.iter().filter(|a| a.status == 303).count(), 1);
            for answer in answers.iter().filter(|a| a.status != 303) {
                answer.assert_status(422).assert_has("This person has a Canvas ID already");
            }
            assert_eq!(world.ids_of(student).len(), 1);
        }
    }

    async fn of_ten_who_delete_one_id_at_once_one_deletes_it_and_of_ten_undos_one_brings_it_back(world) {
        let registrar = world.signed_in("registrar").await;
        let place = "/people/NC0001234/integration-ids";
        let send = |to: String, name: &'static str, value: String| {
            let visitor = registrar.clone();
            tokio::spawn(async move { visitor.post(&to, &[(name, &value)]).await })
        };
        for round in 0..5 {
            let record = registrar.get(place).await.deletable()[0].clone();
            let answers = all_at_once((0..AT_ONCE).map(|_| send(format!("{place}/delete"), "delete", record.clone())).collect()).await;
            let statuses: Vec<u16> = answers.iter().map(|a| a.status.as_u16()).collect();
            assert_eq!(statuses.iter().filter(|s| **s == 303).count(), 1, "round {round}: {statuses:?}");
            assert_eq!(statuses.iter().filter(|s| **s == 409).count(), AT_ONCE - 1, "round {round}: {statuses:?}");
            assert_eq!(world.ids_of("NC0001234").len(), 3);
            let run = world.last_run();
            let answers = all_at_once((0..AT_ONCE).map(|_| send(format!("{place}/undo"), "run", run.clone())).collect()).await;
            let statuses: Vec<u16> = answers.iter().map(|a| a.status.as_u16()).collect();
            assert_eq!(statuses.iter().filter(|s| **s == 303).count(), 1, "round {round}: {statuses:?}");
            assert_eq!(statuses.iter().filter(|s| **s == 409).count(), AT_ONCE - 1, "round {round}: {statuses:?}");
            assert_eq!(world.ids_of("NC0001234").len(), 4);
        }
    }

    async fn of_ten_who_edit_one_person_at_once_one_saves_and_the_others_are_told(world) {
        let registrar = world.signed_in("registrar").await;
        for round in 1..=5 {
            let tasks = (0..AT_ONCE).map(|n| {
                let (visitor, version, campus) = (registrar.clone(), round.to_string(), format!("Campus {round} {n}"));
                tokio::spawn(async move { visitor.post("/people/NC0001234/edit", &[("version", &version), ("campus", &campus)]).await })
            });
            let answers = all_at_once(tasks.collect()).await;
            let statuses: Vec<u16> = answers.iter().map(|a| a.status.as_u16()).collect();
            assert_eq!(statuses.iter().filter(|s| **s == 303).count(), 1, "round {round}: {statuses:?}");
            for answer in answers.iter().filter(|a| a.status != 303) {
                answer.assert_status(409).assert_has("changed this person while you were typing");
            }
            assert_eq!(world.field_of("NC0001234", "lock_version"), (round + 1).to_string());
        }
        assert_eq!(world.count("changes"), 5);
    }

    async fn ten_new_people_at_once_get_ten_sonis_ids_in_a_row(world) {
        let registrar = world.signed_in("registrar").await;
        let tasks = (0..AT_ONCE).map(|n| {
            let (visitor, name) = (registrar.clone(), format!("Newcomer {n}"));
            tokio::spawn(async move { visitor.post("/people/new", &[("last_name", &name), ("member_type", "parent"), ("status", "active")]).await })
        });
        let mut places: Vec<String> = all_at_once(tasks.collect()).await.iter().map(|a| a.location().unwrap_or_else(|| panic!("{}", a.body))).collect();
        places.sort();
        // 120 people from NC0001234 on are there already.
        let expected: Vec<String> = (0..AT_ONCE).map(|n| format!("/people/NC{:07}", 1234 + 120 + n)).collect();
        assert_eq!(places, expected);
    }

    async fn of_ten_who_apply_one_plan_at_once_one_applies_it(world) {
        let registrar = world.signed_in("registrar").await;
        let (place, _) = registrar.plan("names.txt", "Student_Number\tLast_Name\tFirst_Name\n990001\tOnce\tA\n990002\tTwice\tB\n").await;
        let before = world.count("people");
        let tasks = (0..AT_ONCE).map(|_| {
            let (visitor, place) = (registrar.clone(), format!("{place}/apply"));
            tokio::spawn(async move { visitor.post(&place, &[]).await })
        });
        let statuses: Vec<u16> = all_at_once(tasks.collect()).await.iter().map(|a| a.status.as_u16()).collect();
        assert_eq!(statuses.iter().filter(|s| **s == 303).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|s| **s == 409).count(), AT_ONCE - 1, "{statuses:?}");
        assert_eq!(world.count("people"), before + 2);
    }
}
