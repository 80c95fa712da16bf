//! An invented person as the school knows them.
//! Leaves who the people are to `demo::population`, and the rows to their rooms.

use super::population::{Invented, Member};
use crate::people::{Biographic, MemberType, Status};

/// An invented person as the Biographic page has them.
pub fn biographic(p: &Invented) -> Biographic {
    Biographic {
        member_type: match p.member {
            Member::Student => MemberType::Student,
            Member::Staff => MemberType::Staff,
            Member::Parent => MemberType::Parent,
        },
        status: if p.active { Status::Active } else { Status::Inactive },
        last_name: p.last_name.clone(),
        first_name: p.first_name.clone(),
        middle_name: p.middle_name.clone(),
        preferred_name: p.preferred_name.clone(),
        native_name: p.native_name.clone(),
        birth_date: Some(p.birth_date),
        gender: p.gender.clone(),
        email: p.email.clone(),
        phone: p.phone.clone(),
        address: p.address.clone(),
        campus: p.campus.clone(),
        division: p.division.clone(),
        department: p.department.clone(),
        level: p.level.clone(),
        grade_level: p.grade_level,
        grad_year: p.grad_year,
        other_pid: p.other_pid.clone(),
    }
}
