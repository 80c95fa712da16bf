//! Random rosters: what a school's four files say, as rows, and the text of each file.
//! Leaves what they come to to `model::school`.

use proptest::prelude::*;
use proptest::sample::select;

use crate::people::MemberType;
use crate::sources::Slot;
use crate::sync::GivenFile;

/// The files of one sync. A handful of people, so that everything meets everything.
#[derive(Debug, Clone)]
pub struct Sheets {
    pub students: Option<Sheet>,
    pub teachers: Option<Sheet>,
    pub parents: Option<Sheet>,
    pub relationships: Option<Vec<Tie>>,
    pub is_full: bool,
}

#[derive(Debug, Clone)]
pub struct Sheet {
    pub member_type: MemberType,
    pub has_email: bool,
    pub has_grade: bool,
    pub has_birth: bool,
    pub has_enrollment: bool,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub key: u64,
    pub name: u8,
    pub whose: MemberType,
    /// 0 is blank; `OWN` nobody else's.
    pub email: u8,
    pub is_shouted: bool,
    pub grade: Option<i32>,
    /// A day of one month.
    pub born: Option<u8>,
    /// As PowerSchool writes it; "9" is no status of its.
    pub enrollment: &'static str,
}

#[derive(Debug, Clone)]
pub struct Tie {
    pub student: u64,
    pub parent: u64,
    pub kind: &'static str,
}

const OWN: u8 = 9;

impl Row {
    pub fn last_name(&self) -> String {
        format!("Name{}", self.name)
    }

    pub fn email(&self) -> String {
        let email = match self.email {
            0 => String::new(),
            OWN => format!("{}{}@home.example", self.whose.code(), self.key),
            n => format!("e{n}@school.example"),
        };
        if self.is_shouted { email.to_uppercase() } else { email }
    }
}

impl Sheet {
    /// The row that is taken for a key: none where students have it twice.
    pub fn row(&self, key: u64) -> Option<&Row> {
        let mut rows = self.rows.iter().filter(|r| r.key == key);
        let first = rows.next()?;
        (self.member_type != MemberType::Student || rows.next().is_none()).then_some(first)
    }

    /// Rows in the order of `turn`, which is any number.
    pub fn text(&self, turn: usize) -> Vec<u8> {
        let mut head = vec![
            match self.member_type {
                MemberType::Student => "Student_Number",
                MemberType::Staff => "Users_DCID",
                MemberType::Parent => "PERSON.ID",
            },
            "Last_Name",
            "First_Name",
        ];
        let mut lines: Vec<Vec<String>> =
            self.rows.iter().map(|r| vec![r.key.to_string(), r.last_name(), "Ada".into()]).collect();
        let mut add = |is_there: bool, title: &'static str, cell: fn(&Row) -> String| {
            if is_there {
                head.push(title);
                lines.iter_mut().zip(&self.rows).for_each(|(line, row)| line.push(cell(row)));
            }
        };
        add(self.has_email, "Email", Row::email);
        add(self.has_grade, "Grade_Level", |r| r.grade.map(|g| g.to_string()).unwrap_or_default());
        add(self.has_birth, "DOB", |r| r.born.map(|d| format!("01/0{d}/2015")).unwrap_or_default());
        add(self.has_enrollment, "Enroll_Status", |r| r.enrollment.to_owned());
        file(&head.join("\t"), lines.into_iter().map(|l| l.join("\t")).collect(), turn)
    }
}

fn file(head: &str, mut lines: Vec<String>, turn: usize) -> Vec<u8> {
    if turn % 2 == 1 {
        lines.reverse();
    }
    if !lines.is_empty() {
        let by = turn % lines.len();
        lines.rotate_left(by);
    }
    lines.insert(0, head.to_owned());
    (lines.join("\n") + "\n").into_bytes()
}

impl Sheets {
    pub fn people(&self) -> impl Iterator<Item = &Sheet> {
        [&self.students, &self.teachers, &self.parents].into_iter().flatten()
    }

    pub fn is_empty(&self) -> bool {
        self.people().next().is_none() && self.relationships.is_none()
    }

    /// The same without some of the files: by the bits of `kept`, or all of them where that would be none.
    pub fn some(mut self, kept: u8) -> Sheets {
        let all = self.clone();
        let keeps = |bit: u8| kept & (1 << bit) != 0;
        self.students = self.students.filter(|_| keeps(0));
        self.teachers = self.teachers.filter(|_| keeps(1));
        self.parents = self.parents.filter(|_| keeps(2));
        self.relationships = self.relationships.filter(|_| keeps(3));
        if self.is_empty() { all } else { self }
    }

    pub fn files(&self, turn: usize) -> Vec<GivenFile> {
        let mut given: Vec<GivenFile> = self
            .people()
            .map(|sheet| {
                let slot = match sheet.member_type {
                    MemberType::Student => Slot::Students,
                    MemberType::Staff => Slot::Teachers,
                    MemberType::Parent => Slot::Parents,
                };
                GivenFile::new(slot, format!("{}.txt", slot.code()), sheet.text(turn))
            })
            .collect();
        if let Some(ties) = &self.relationships {
            let lines = ties.iter().map(|t| format!("{}\t{}\t{}", t.student, t.parent, t.kind)).collect();
            let bytes = file("Student_Number\tPERSON.ID\tRelationship Type", lines, turn);
            given.push(GivenFile::new(Slot::Relationships, "relationships.txt".into(), bytes));
        }
        given
    }
}

fn row(whose: MemberType) -> impl Strategy<Value = Row> {
    let grade = prop_oneof![6 => (2_i32..5).prop_map(Some), 1 => Just(None)];
    let enrollment = prop_oneof![12 => Just("0"), 1 => Just("2"), 1 => Just("-1"), 1 => Just(""), 1 => Just("9")];
    let email = prop_oneof![6 => Just(OWN), 1 => Just(0), 2 => 1_u8..4];
    let born = proptest::option::weighted(0.7, 1_u8..3);
    (1_u64..=5, 0_u8..3, email, proptest::bool::weighted(0.1), grade, born, enrollment).prop_map(
        move |(key, name, email, is_shouted, grade, born, enrollment)| Row {
            born,
            key,
            name,
            whose,
            email,
            is_shouted,
            grade,
            enrollment,
        },
    )
}

fn sheet(member_type: MemberType) -> impl Strategy<Value = Sheet> {
    let is_student = member_type == MemberType::Student;
    let often = || proptest::bool::weighted(0.85);
    (often(), often(), any::<bool>(), often(), proptest::collection::vec(row(member_type), 0..9)).prop_map(
        move |(has_email, has_grade, has_birth, has_enrollment, mut rows)| {
            // A doubled key now and then, not in every file. A student stands in one row; the others in several alike.
            rows.sort_by_key(|r| r.key);
            if rows.len() % 4 != 3 {
                rows.dedup_by_key(|r| r.key);
            } else if !is_student {
                let first = |r: &Row, all: &[Row]| all.iter().find(|o| o.key == r.key).unwrap_or(r).clone();
                rows = rows.iter().map(|r| first(r, &rows)).collect();
            }
            Sheet {
                member_type,
                has_email,
                has_grade: has_grade && is_student,
                has_birth: has_birth && is_student,
                has_enrollment: has_enrollment && is_student,
                rows,
            }
        },
    )
}

pub fn sheets() -> impl Strategy<Value = Sheets> {
    let tie = (1_u64..7, 1_u64..7, select(&["Mother", "Father", ""][..])).prop_map(|(student, parent, kind)| Tie {
        student,
        parent,
        kind,
    });
    let maybe = |member_type| proptest::option::weighted(0.85, sheet(member_type));
    (
        maybe(MemberType::Student),
        maybe(MemberType::Staff),
        maybe(MemberType::Parent),
        proptest::option::weighted(0.85, proptest::collection::vec(tie, 0..14)),
        proptest::bool::weighted(0.7),
    )
        .prop_map(|(students, teachers, parents, relationships, is_full)| Sheets {
            students,
            teachers,
            parents,
            relationships,
            is_full,
        })
}
