//! The planner of an import of names: student records and who is held already -> changes. Pure: no clock, no database.
//! Leaves reading the file to `sources`, and applying to `runs`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use super::biographic::{Biographic, Field, MemberType, Status};
use super::person::{Person, PersonId};
use super::pin;
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{Cause, Change, Counts, KeySpace, Problem, SourceKey};
use crate::schema::{people, source_links};
use crate::schools::CurrentSchool;
use crate::sources::{EnrollStatus, StudentColumn, StudentRecord, StudentsFile};

/// What the planner made of a file: each change with the row it came from, and the rows it could not take.
#[derive(Debug, Default)]
pub struct Plan {
    pub changes: Vec<(i64, Change)>,
    pub problems: Vec<Problem>,
    pub counts: Counts,
}

/// A person whom the source knows already.
#[derive(Debug, Clone)]
pub struct Held {
    pub id: PersonId,
    pub bio: Biographic,
    /// Set by hand: the import keeps these.
    pub pinned: HashSet<Field>,
}

/// What an import is planned against.
pub struct Import {
    /// By the norm of their key (`SourceKey::norm`).
    pub held: HashMap<String, Held>,
    /// Numbers that came with a merged record -> those of the same person whose rows count before theirs.
    pub own: BTreeMap<u64, BTreeSet<u64>>,
    /// The calendar year in which the current school year ends: it turns a grade into a grad year.
    pub school_year_ends: i32,
}

impl Import {
    /// Reads whom the school holds under the keys of the file.
    pub fn load(
        conn: &mut Conn,
        school: &CurrentSchool,
        file: &StudentsFile,
        school_year_ends: i32,
    ) -> Result<Import, AppError> {
        let pins = pin::all(conn, school)?;
        let keys: Vec<String> = file.records.iter().map(|r| key_of(r).norm).collect();
        let mut held = HashMap::with_capacity(keys.len());
        for chunk in keys.chunks(500) {
            let rows: Vec<(String, Person)> = source_links::of(school)
                .inner_join(people::beside(source_links::school_id, people::id.eq(source_links::person_id)))
                .filter(source_links::source.eq(KeySpace::Students))
                .filter(source_links::key_norm.eq_any(chunk.to_vec()))
                .select((source_links::key_norm, Person::as_select()))
                .load(conn)?;
            for (norm, person) in rows {
                let pinned = pins.get(&person.id).cloned().unwrap_or_default();
                held.insert(norm, Held { id: person.id, bio: person.bio, pinned });
            }
        }
        let own = crate::sync::own_student_numbers(conn, school)?;
        Ok(Import { held, own, school_year_ends })
    }
}

fn key_of(record: &StudentRecord) -> SourceKey {
    SourceKey::number(KeySpace::Students, &record.student_number.as_given())
}

/// Compares every record with whom the school holds. The same file again comes to no change.
pub fn plan_import(file: &StudentsFile, import: &Import) -> Plan {
    let mut plan = Plan { counts: Counts { rows_read: count(file.rows), ..Counts::default() }, ..Plan::default() };
    plan.problems = file
        .problems
        .iter()
        .map(|p| Problem {
            source_row: i64::try_from(p.row).unwrap_or(i64::MAX),
            source_column: p.column.clone(),
            ..Problem::new(Cause::Unreadable, p.found.clone(), p.reason.clone())
        })
        .collect();
    plan.counts.refused = count(file.problems.rows());
    let silent = silent(file, &import.own);
    for record in &file.records {
        if silent.contains(&record.student_number.value()) {
            plan.counts.unchanged += 1;
            continue;
        }
        let row = i64::try_from(record.row).unwrap_or(i64::MAX);
        let key = key_of(record);
        let Some(held) = import.held.get(&key.norm) else {
            let mut bio = Biographic::default();
            take_student(&file.columns, record, &mut bio, import.school_year_ends);
            plan.counts.created += 1;
            plan.changes.push((row, Change::create(bio, Some(key))));
            continue;
        };
        let mut bio = held.bio.clone();
        take_student(&file.columns, record, &mut bio, import.school_year_ends);
        let mut fields = held.bio.difference(&bio);
        let differing = fields.len();
        fields.retain(|c| !held.pinned.contains(&c.field));
        plan.counts.kept += count((differing - fields.len()) as u64);
        if fields.is_empty() {
            plan.counts.unchanged += 1;
        } else {
            plan.counts.updated += 1;
            plan.changes.push((row, Change::update(held.id, fields)));
        }
    }
    plan
}

/// Numbers of the file that say nothing, because another row of the same person does.
fn silent(file: &StudentsFile, own: &BTreeMap<u64, BTreeSet<u64>>) -> HashSet<u64> {
    if own.is_empty() {
        return HashSet::new();
    }
    let there: HashSet<u64> = file.records.iter().map(|r| r.student_number.value()).collect();
    own.iter().filter(|(_, before)| before.iter().any(|key| there.contains(key))).map(|(key, _)| *key).collect()
}

/// Copies what the file speaks about. An absent column says nothing about its field; a blank cell clears it.
pub fn take_student(
    columns: &BTreeSet<StudentColumn>,
    record: &StudentRecord,
    bio: &mut Biographic,
    school_year_ends: i32,
) {
    let has = |c: StudentColumn| columns.contains(&c);
    bio.member_type = MemberType::Student;
    bio.last_name.clone_from(&record.last_name);
    bio.first_name.clone_from(&record.first_name);
    let texts = [
        (StudentColumn::MiddleName, &record.middle_name, &mut bio.middle_name),
        (StudentColumn::PreferredName, &record.preferred_name, &mut bio.preferred_name),
        (StudentColumn::Gender, &record.gender, &mut bio.gender),
        (StudentColumn::Email, &record.email, &mut bio.email),
        (StudentColumn::Phone, &record.phone, &mut bio.phone),
        (StudentColumn::Address, &record.address, &mut bio.address),
        (StudentColumn::Campus, &record.campus, &mut bio.campus),
        (StudentColumn::Division, &record.division, &mut bio.division),
        (StudentColumn::Department, &record.department, &mut bio.department),
        (StudentColumn::Level, &record.level, &mut bio.level),
        (StudentColumn::OtherPid, &record.other_pid, &mut bio.other_pid),
    ];
    for (column, from, to) in texts {
        if has(column) {
            to.clone_from(from);
        }
    }
    if has(StudentColumn::BirthDate) {
        bio.birth_date = record.birth_date;
    }
    if has(StudentColumn::GradeLevel) {
        bio.grade_level = record.grade_level;
    }
    if has(StudentColumn::GradYear) {
        bio.grad_year = record.grad_year;
    } else if let Some(grade) = record.grade_level.filter(|g| (-4..=12).contains(g)) {
        bio.grad_year = Some(school_year_ends + 12 - grade);
    }
    if has(StudentColumn::Enrollment) {
        bio.status = record.enrollment.map_or(bio.status, status_of);
    } else if bio.status == Status::Withdrawn {
        // Somebody listed again has come back.
        bio.status = Status::Active;
    }
}

fn status_of(enrollment: EnrollStatus) -> Status {
    match enrollment {
        EnrollStatus::Preregistered => Status::Applicant,
        EnrollStatus::Active => Status::Active,
        _ => Status::Inactive,
    }
}

fn count(n: u64) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::people::FieldChange;
    use crate::runs::Who;
    use crate::sources::read_students;

    fn file(text: &str) -> StudentsFile {
        read_students(text.as_bytes()).unwrap_or_else(|e| panic!("{e}"))
    }

    fn nobody() -> Import {
        Import { held: HashMap::new(), own: BTreeMap::new(), school_year_ends: 2027 }
    }

    /// What a school holds once a plan is applied, as the kernel would leave it.
    fn applied(plan: &Plan, mut import: Import) -> Import {
        for (row, change) in &plan.changes {
            match &change.who {
                Who::New(bio) => {
                    let key = change.key.clone().unwrap_or_else(|| panic!("row {row} has no key"));
                    let held = Held { id: PersonId(*row), bio: (**bio).clone(), pinned: HashSet::new() };
                    import.held.insert(key.norm, held);
                }
                Who::Held(person) => {
                    let held = import.held.values_mut().find(|h| h.id == *person).unwrap_or_else(|| panic!("{person}"));
                    for c in &change.fields {
                        assert_eq!(held.bio.get(c.field), c.before);
                        held.bio.set(c.field, c.after.as_deref().unwrap_or("")).unwrap_or_else(|e| panic!("{e}"));
                    }
                }
            }
        }
        import
    }

    #[test]
    fn a_new_student_gets_a_grad_year_from_the_grade() {
        let plan = plan_import(&file("Student_Number,Last_Name,First_Name,Grade_Level\n7,Abebe,Selam,12\n"), &nobody());
        let Some((2, Change { who: Who::New(bio), .. })) = plan.changes.first() else { panic!("{:?}", plan.changes) };
        assert_eq!((bio.grade_level, bio.grad_year), (Some(12), Some(2027)));
    }

    #[test]
    fn an_absent_column_says_nothing_and_a_blank_cell_clears() {
        let first = file("Student_Number,Last_Name,First_Name,Gender,Home_Phone\n7,Abebe,Selam,F,555-0101\n");
        let held = applied(&plan_import(&first, &nobody()), nobody());
        let plan = plan_import(&file("Student_Number,Last_Name,First_Name,Gender\n7,Abebe,Selam,\n"), &held);
        let Some((_, Change { fields, .. })) = plan.changes.first() else { panic!("{:?}", plan.changes) };
        assert_eq!(*fields, vec![FieldChange { field: Field::Gender, before: Some("F".into()), after: None }]);
    }

    #[test]
    fn keys_match_as_numbers_whatever_their_zeros() {
        let held =
            applied(&plan_import(&file("Student_Number,Last_Name,First_Name\n007,Abebe,Selam\n"), &nobody()), nobody());
        let plan = plan_import(&file("Student_Number,Last_Name,First_Name\n7,Abebe,Selam\n"), &held);
        assert_eq!((plan.changes.len(), plan.counts.unchanged), (0, 1));
    }

    #[test]
    fn a_field_set_by_hand_is_kept_and_counted() {
        let mut held =
            applied(&plan_import(&file("Student_Number,Last_Name,First_Name\n7,Abebe,Selam\n"), &nobody()), nobody());
        for h in held.held.values_mut() {
            h.bio.last_name = "Abebe-Tesfaye".into();
            h.pinned.insert(Field::LastName);
        }
        let plan = plan_import(&file("Student_Number,Last_Name,First_Name\n7,Abebe,Selam\n"), &held);
        assert_eq!((plan.changes.len(), plan.counts.kept, plan.counts.unchanged), (0, 1, 1));
    }

    #[test]
    fn somebody_withdrawn_comes_back_when_listed_again() {
        let mut held =
            applied(&plan_import(&file("Student_Number,Last_Name,First_Name\n7,Abebe,Selam\n"), &nobody()), nobody());
        held.held.values_mut().for_each(|h| h.bio.status = Status::Withdrawn);
        let plan = plan_import(&file("Student_Number,Last_Name,First_Name\n7,Abebe,Selam\n"), &held);
        assert_eq!(plan.counts.updated, 1);
        assert!(applied(&plan, held).held.values().all(|h| h.bio.status == Status::Active));
    }

    proptest! {
        #[test]
        fn the_same_file_again_changes_nothing_and_the_order_of_rows_does_not_matter(
            rows in proptest::collection::btree_map(1_u32..500, ("[A-Za-zÞöß王]{1,8}", "[a-zé]{0,6}", 0_i32..13), 0..30),
            turn in 0_usize..30,
        ) {
            let head = "Student_Number,Last_Name,First_Name,Grade_Level\n";
            let lines: Vec<String> = rows.iter().map(|(n, (l, f, g))| format!("{n},{l},{f},{g}\n")).collect();
            let mut turned = lines.clone();
            if !turned.is_empty() {
                turned.rotate_left(turn % lines.len());
            }
            let first = plan_import(&file(&format!("{head}{}", lines.concat())), &nobody());
            let held = applied(&first, nobody());
            let again = plan_import(&file(&format!("{head}{}", turned.concat())), &held);
            prop_assert_eq!(first.counts.created as usize, rows.len());
            prop_assert_eq!(again.changes.len(), 0);
            prop_assert_eq!(again.counts.unchanged as usize, rows.len());
        }
    }
}
