//! What every invented school must hold to, whatever its size.
//! Families and the shapes of names have files of their own; single parts are tested beside themselves.

mod families;
mod shapes;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::schooling::date;
use super::*;

fn northfield(people: u64) -> Vec<Invented> {
    population(&Flavour::NORTHFIELD, people).collect()
}

fn both_schools(people: u64) -> [Vec<Invented>; 2] {
    [Flavour::NORTHFIELD, Flavour::HARBOR].map(|flavour| population(&flavour, people).collect())
}

fn of(people: &[Invented], member: Member) -> impl Iterator<Item = &Invented> {
    people.iter().filter(move |p| p.member == member)
}

fn keys(people: &[Invented], member: Member) -> HashSet<u32> {
    of(people, member).map(|p| p.source_key).collect()
}

#[test]
fn the_same_school_has_the_same_people_every_time() {
    assert_eq!(northfield(3_000), northfield(3_000));
}

#[test]
fn a_shorter_population_is_the_beginning_of_a_longer_one() {
    assert_eq!(northfield(777), northfield(2_000)[..777]);
}

#[test]
fn two_schools_have_different_people() {
    let [northfield, harbor] = both_schools(500);
    let same = northfield.iter().zip(&harbor);
    assert!(
        same.filter(|(one, other)| one.first_name == other.first_name && one.last_name == other.last_name).count() < 10
    );
}

#[test]
fn as_many_people_come_as_were_asked_for() {
    for people in (0..=400).chain([2_000]) {
        for flavour in [Flavour::NORTHFIELD, Flavour::HARBOR] {
            assert_eq!(population(&flavour, people).count() as u64, people);
        }
    }
}

#[test]
fn sixty_in_a_hundred_are_students_five_are_staff_and_the_rest_are_parents() {
    for (size, slack) in [(100, 6.0), (400, 3.0), (2_000, 1.0), (50_000, 0.2)] {
        for people in both_schools(size) {
            for (member, due) in [(Member::Student, 60.0), (Member::Staff, 5.0), (Member::Parent, 35.0)] {
                let share = of(&people, member).count() as f64 * 100.0 / size as f64;
                assert!((share - due).abs() <= slack, "{share} % {member:?} of {size}");
            }
        }
    }
}

#[test]
fn the_first_family_of_northfield_is_the_one_in_the_screenshots() {
    let people = northfield(3);
    let [amara, ngozi, emeka] = &people[..] else { panic!("three people") };
    assert_eq!((amara.last_name.as_str(), amara.first_name.as_str()), ("Okonkwo", "Amara"));
    assert_eq!(amara.middle_name.as_deref(), Some("Chidinma"));
    assert_eq!(amara.birth_date, date(2010, 3, 14));
    assert_eq!(amara.email.as_deref(), Some("a.okonkwo@northfield.example"));
    assert_eq!(amara.phone.as_deref(), Some("+1 312 555 0148"));
    assert_eq!(amara.address.as_deref(), Some("1180 West Lakeview Terrace, Apartment 4B\nEvanston, IL 60202"));
    assert_eq!((amara.grade_level, amara.grad_year), (Some(11), Some(2028)));
    assert_eq!(amara.other_pid.as_deref(), Some("0082-4417"));
    assert_eq!(amara.other_pid, Some(Flavour::NORTHFIELD.other_pid(0)));
    assert_eq!(amara.source_key, Flavour::NORTHFIELD.first_student_number);
    assert_eq!((ngozi.relationship, emeka.relationship), (Some("Mother"), Some("Father")));
    for parent in [ngozi, emeka] {
        assert_eq!(parent.children, [0]);
        assert_eq!(parent.email.as_deref(), Some("ngozi.okonkwo@mail.example"));
    }
}

#[test]
fn a_students_birth_date_grade_division_and_graduation_fit_one_another() {
    let mut grades = BTreeSet::new();
    for people in both_schools(2_000) {
        for student in of(&people, Member::Student) {
            let grade = student.grade_level.unwrap();
            grades.insert(grade);
            assert!(student.birth_date >= date(2020 - grade, 9, 2), "{student:?}");
            assert!(student.birth_date <= date(2021 - grade, 9, 1), "{student:?}");
            assert_eq!(student.grad_year, Some(2039 - grade));
            let division =
                ["Lower School", "Middle School", "Upper School"][usize::from(grade > 5) + usize::from(grade > 8)];
            assert_eq!(student.division.as_deref(), Some(division));
            assert!(student.campus.is_some() && student.department.is_none());
        }
    }
    assert_eq!(grades, (0..=12).collect());
}

#[test]
fn a_source_key_is_nobody_elses_in_its_own_space_and_often_somebodys_in_the_others() {
    for people in both_schools(2_000) {
        let [students, staff, parents] =
            [Member::Student, Member::Staff, Member::Parent].map(|member| keys(&people, member));
        assert_eq!(students.len() + staff.len() + parents.len(), people.len());
        assert!(students.intersection(&staff).count() > 10);
        assert!(students.intersection(&parents).count() > 100);
        assert!(staff.intersection(&parents).count() > 10);
        assert!(staff.iter().any(|key| students.contains(key) && parents.contains(key)));
    }
}

#[test]
fn no_two_students_or_staff_share_an_email_and_none_leaves_the_example_domains() {
    for people in both_schools(60_000) {
        let mut holders = HashMap::new();
        for person in &people {
            let Some(email) = &person.email else { continue };
            assert!(email.ends_with(".example") && email.is_ascii(), "{email}");
            if person.member != Member::Parent {
                assert_eq!(holders.insert(email, person), None, "{email}");
            }
        }
    }
}

#[test]
fn telephones_ring_in_stories_only_and_addresses_have_two_lines() {
    for person in northfield(5_000) {
        if let Some(phone) = &person.phone {
            assert!(phone.len() == 15 && phone.contains(" 555 01"), "{phone}");
        }
        if let Some(address) = &person.address {
            assert_eq!(address.lines().count(), 2);
            assert_eq!(address.matches("  ").count(), 0);
        }
    }
}

#[test]
fn other_pids_are_distinct_and_parents_have_none() {
    let people = northfield(60_000);
    let pids: Vec<_> = people.iter().filter_map(|p| p.other_pid.as_ref()).collect();
    assert_eq!(pids.iter().collect::<HashSet<_>>().len(), pids.len());
    assert!(of(&people, Member::Parent).all(|p| p.other_pid.is_none()));
}
