//! The family that the screenshots show, which opens the stream of Northfield.
//! Every other family is left to `household`.

use super::invented::{Invented, Member};
use super::register::Register;
use super::schooling::date;

const HOME: &str = "1180 West Lakeview Terrace, Apartment 4B\nEvanston, IL 60202";
const MAIL: &str = "ngozi.okonkwo@mail.example";

pub(super) fn okonkwos(register: &mut Register) -> [Invented; 3] {
    let entry = register.student();
    let amara = Invented {
        member: Member::Student,
        source_key: entry.source_key,
        last_name: "Okonkwo".into(),
        first_name: "Amara".into(),
        middle_name: Some("Chidinma".into()),
        preferred_name: Some("Amara".into()),
        native_name: None,
        birth_date: date(2010, 3, 14),
        gender: Some("F".into()),
        email: Some("a.okonkwo@northfield.example".into()),
        phone: Some("+1 312 555 0148".into()),
        address: Some(HOME.into()),
        campus: Some("North".into()),
        division: Some("Upper School".into()),
        department: None,
        level: Some("Upper".into()),
        grade_level: Some(11),
        grad_year: Some(2028),
        active: true,
        other_pid: Some("0082-4417".into()),
        children: Vec::new(),
        relationship: None,
    };
    let ngozi = Invented {
        member: Member::Parent,
        source_key: register.parent().source_key,
        first_name: "Ngozi".into(),
        middle_name: Some("Adaeze".into()),
        preferred_name: None,
        birth_date: date(1980, 6, 2),
        email: Some(MAIL.into()),
        phone: Some("+1 312 555 0149".into()),
        campus: None,
        division: None,
        level: None,
        grade_level: None,
        grad_year: None,
        other_pid: None,
        children: vec![entry.position],
        relationship: Some("Mother"),
        ..amara.clone()
    };
    let emeka = Invented {
        source_key: register.parent().source_key,
        first_name: "Emeka".into(),
        middle_name: None,
        birth_date: date(1977, 11, 19),
        gender: Some("M".into()),
        phone: Some("+1 312 555 0150".into()),
        relationship: Some("Father"),
        ..ngozi.clone()
    };
    [amara, ngozi, emeka]
}
