//! The first pass: of each record of a file only what conflicts are found by. Leaves finding them to `sync::emails`
//! and `sync::overlap`; the second pass reads the record again.

use std::panic::resume_unwind;

use super::fingerprint::{Salt, of_email};
use super::roster::Roster;
use super::settings::Settings;
use crate::error::AppError;
use crate::groups::Placeholder;
use crate::people::{Biographic, MemberType, Status};
use crate::sources::RowProblem;

/// Some thirty bytes a record.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub key: u64,
    /// 0 where there is no e-mail, or it counts for nobody.
    pub email: u64,
    /// Of the record alone.
    pub hash: i64,
    grade: i8,
    grad_year: u16,
    /// Days since 1900, 0 where no birth date is known.
    pub born: u16,
    pub is_there: bool,
    pub is_blocked: bool,
    pub mark: Mark,
}

/// What was decided of a record, beside what its row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    None,
    /// Taken as if its e-mail were blank: a shared one that goes to nobody, or to another.
    WithoutEmail,
    /// The other record of the same human has the account. Such a one claims no e-mail.
    WithoutAccount,
}

/// No grade that has a group.
const NO_GRADE: i8 = i8::MIN;

impl Seen {
    pub fn has_no_account(&self) -> bool {
        self.mark == Mark::WithoutAccount
    }

    /// The groups of a student or teacher by the school's settings. A parent's come from the children.
    pub fn groups(&self, member_type: MemberType, settings: &Settings) -> Vec<Placeholder> {
        if !self.is_there {
            return Vec::new();
        }
        let mut groups = Vec::new();
        match member_type {
            MemberType::Student => {
                if settings.grade_groups && self.grade != NO_GRADE {
                    groups.push(Placeholder::Grade(i32::from(self.grade)));
                }
                if settings.grad_year_groups && self.grad_year != 0 {
                    groups.push(Placeholder::GradYear(i32::from(self.grad_year)));
                }
            }
            MemberType::Staff => groups.push(Placeholder::Faculty),
            MemberType::Parent => {}
        }
        groups
    }
}

/// A birth date in two bytes: from 1900 to 2079, which nobody is outside of.
pub fn born(date: chrono::NaiveDate) -> u16 {
    let first = chrono::NaiveDate::from_ymd_opt(1899, 12, 31).unwrap_or_default();
    u16::try_from((date - first).num_days()).unwrap_or(0)
}

/// As `Seen::groups`, of somebody as the school has them.
pub fn groups_of(bio: &Biographic, settings: &Settings) -> Vec<Placeholder> {
    Seen::of(0, 0, bio).groups(bio.member_type, settings)
}

impl Seen {
    fn of(key: u64, hash: i64, bio: &Biographic) -> Seen {
        let is_there = bio.status == Status::Active;
        let counts = matches!(bio.status, Status::Active | Status::Applicant);
        Seen {
            key,
            email: if counts { of_email(bio.email.as_deref()) } else { 0 },
            hash,
            grade: bio
                .grade_level
                .filter(|g| (-4..=12).contains(g))
                .and_then(|g| i8::try_from(g).ok())
                .unwrap_or(NO_GRADE),
            grad_year: bio.grad_year.and_then(|y| u16::try_from(y).ok()).unwrap_or(0),
            born: bio.birth_date.map_or(0, born),
            is_there,
            is_blocked: false,
            mark: Mark::None,
        }
    }
}

/// A record that cannot be read, and why.
type Unread = (usize, Vec<RowProblem>);

/// Reads every record once, in as many threads as the machine has cores. Records that cannot be read are blocked, and told
/// to `refused` in their order.
pub fn see(
    roster: &dyn Roster,
    salt: &Salt,
    mut refused: impl FnMut(usize, Vec<RowProblem>) -> Result<(), AppError>,
) -> Result<Vec<Seen>, AppError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let piece = roster.len().div_ceil(threads).max(SMALLEST);
    let mut all = Vec::with_capacity(roster.len());
    let pieces: Vec<_> = std::thread::scope(|scope| {
        let begun: Vec<_> = (0..roster.len())
            .step_by(piece)
            .map(|from| scope.spawn(move || see_some(roster, salt, from..roster.len().min(from + piece))))
            .collect();
        begun.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    for (seen, unread) in pieces {
        all.extend(seen);
        unread.into_iter().try_for_each(|(record, problems)| refused(record, problems))?;
    }
    Ok(all)
}

/// Fewer records than this are not worth a thread of their own.
const SMALLEST: usize = 5_000;

fn see_some(roster: &dyn Roster, salt: &Salt, records: std::ops::Range<usize>) -> (Vec<Seen>, Vec<Unread>) {
    let (mut all, mut unread) = (Vec::with_capacity(records.len()), Vec::new());
    for record in records {
        let key = roster.key(record).map_or(0, |k| k.value());
        let mut bio = Biographic::default();
        match roster.take(record, &mut bio) {
            Ok(_) => all.push(Seen::of(key, salt.of(&bio, ()), &bio)),
            Err(problems) => {
                let blank = Biographic { status: Status::Inactive, ..Biographic::default() };
                all.push(Seen { is_blocked: true, ..Seen::of(key, 0, &blank) });
                unread.push((record, problems));
            }
        }
    }
    (all, unread)
}
