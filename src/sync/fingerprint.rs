//! Fingerprints: what a record and the settings come to, in a number. Equal numbers: nothing to compare.
//! Another release of the compiler may make other numbers: then everything is compared once, and nothing else happens.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::people::{Biographic, email_key};

/// Begins a fingerprint with everything but the record that decides what it comes to.
#[derive(Clone)]
pub struct Salt(DefaultHasher);

impl Salt {
    pub fn new(parts: &[&str]) -> Salt {
        let mut hasher = DefaultHasher::new();
        parts.hash(&mut hasher);
        Salt(hasher)
    }

    /// Of a record as the file alone has it, and whatever else `more` says.
    pub fn of(&self, bio: &Biographic, more: impl Hash) -> i64 {
        let mut hasher = self.0.clone();
        bio.member_type.hash(&mut hasher);
        bio.status.hash(&mut hasher);
        bio.last_name.hash(&mut hasher);
        bio.first_name.hash(&mut hasher);
        for text in [
            &bio.middle_name,
            &bio.preferred_name,
            &bio.native_name,
            &bio.gender,
            &bio.email,
            &bio.phone,
            &bio.address,
            &bio.campus,
            &bio.division,
            &bio.department,
            &bio.level,
            &bio.other_pid,
        ] {
            text.hash(&mut hasher);
        }
        (bio.birth_date, bio.grade_level, bio.grad_year).hash(&mut hasher);
        more.hash(&mut hasher);
        hasher.finish().cast_signed()
    }
}

/// Of a record, with something more.
pub fn with(hash: i64, more: impl Hash) -> i64 {
    let mut hasher = DefaultHasher::new();
    hash.hash(&mut hasher);
    more.hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// Of any text. Never 0, which means none.
pub fn of_text(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish().max(1)
}

/// An e-mail address without regard to letter case; 0 where there is none.
pub fn of_email(email: Option<&str>) -> u64 {
    email.and_then(email_key).map_or(0, |key| of_text(&key))
}
