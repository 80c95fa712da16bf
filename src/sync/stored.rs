//! What a plan of the sync keeps beside its changes: the files it read, the overlap, what happens to each group.
//! Leaves drawing them to the pages.

use diesel::prelude::*;

use super::files::FileOf;
use crate::bulk_load;
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::groups::Placeholder;
use crate::integration_ids::IdValue;
use crate::runs::RunId;
use crate::schema::{run_files, run_groups, run_overlaps};
use crate::schools::{CurrentSchool, SchoolId};

/// A file that a run was planned from.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = run_files)]
pub struct StoredFile {
    pub slot: String,
    pub name: String,
    pub hash: String,
    pub length: i64,
    pub rows_read: i64,
    header: String,
    pub shape: String,
    notes: String,
    /// Its rows hold Host IDs: only those who may see them get the rows back.
    pub holds_ids: bool,
}

impl StoredFile {
    pub fn of_run(conn: &mut Conn, school: &CurrentSchool, run: RunId) -> Result<Vec<StoredFile>, AppError> {
        Ok(run_files::of(school).filter(run_files::run_id.eq(run)).select(StoredFile::as_select()).load(conn)?)
    }

    pub fn header(&self) -> Vec<String> {
        // It was written by `keep_files`; without it the rows are given back without titles.
        serde_json::from_str(&self.header).unwrap_or_default()
    }

    pub fn notes(&self) -> impl Iterator<Item = &str> {
        self.notes.lines()
    }
}

pub(super) fn keep_files(db: &Db, school: &CurrentSchool, run: RunId, files: &[FileOf]) -> Result<(), AppError> {
    db.write(|conn| files.iter().try_for_each(|f| keep_file(conn, school, run, f.slot.code(), f)))
}

/// Keeps what is known of one file under the name of its place.
pub(super) fn keep_file(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    slot: &str,
    f: &FileOf,
) -> Result<(), AppError> {
    let header = serde_json::to_string(&f.header).map_err(|e| AppError::internal("keeping a header", &e))?;
    run_files::insert()
        .values((
            run_files::school_id.eq(school.id()),
            run_files::run_id.eq(run),
            run_files::slot.eq(slot),
            run_files::name.eq(&f.name),
            run_files::hash.eq(&f.hash),
            run_files::length.eq(f.length),
            run_files::rows_read.eq(f.rows),
            run_files::header.eq(header),
            run_files::shape.eq(f.shape.to_string()),
            run_files::notes.eq(f.notes.join("\n")),
            run_files::holds_ids.eq(f.holds_ids),
        ))
        .execute(conn)?;
    Ok(())
}

/// A number in several ID spaces, with the Host IDs that keep it apart: for students, staff, parents.
#[derive(Insertable)]
#[diesel(table_name = run_overlaps, treat_none_as_default_value = false)]
pub(super) struct OverlapRow {
    school_id: SchoolId,
    run_id: RunId,
    number: i64,
    student_id: Option<IdValue>,
    staff_id: Option<IdValue>,
    parent_id: Option<IdValue>,
}

impl OverlapRow {
    pub fn new(school: &CurrentSchool, run: RunId, number: u64, ids: [Option<IdValue>; 3]) -> OverlapRow {
        let [student_id, staff_id, parent_id] = ids;
        // Thirteen digits always fit.
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        OverlapRow { school_id: school.id(), run_id: run, number, student_id, staff_id, parent_id }
    }
}

/// As kept.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = run_overlaps)]
pub struct StoredOverlap {
    pub number: i64,
    pub student_id: Option<IdValue>,
    pub staff_id: Option<IdValue>,
    pub parent_id: Option<IdValue>,
}

impl StoredOverlap {
    pub fn of_run(
        conn: &mut Conn,
        school: &CurrentSchool,
        run: RunId,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<StoredOverlap>, AppError> {
        Ok(run_overlaps::of(school)
            .filter(run_overlaps::run_id.eq(run))
            .order(run_overlaps::number)
            .offset(offset)
            .limit(limit)
            .select(StoredOverlap::as_select())
            .load(conn)?)
    }
}

pub(super) fn keep_overlaps(db: &Db, rows: Vec<OverlapRow>) -> Result<(), AppError> {
    db.write(|conn| Ok(bulk_load!(conn, run_overlaps, OverlapRow, rows)?))
}

#[derive(Insertable)]
#[diesel(table_name = run_groups, treat_none_as_default_value = false)]
pub(super) struct GroupRow {
    school_id: SchoolId,
    run_id: RunId,
    placeholder: String,
    members: i32,
    joins: i32,
    leaves: i32,
    is_new: bool,
}

impl GroupRow {
    pub fn new(
        school: &CurrentSchool,
        run: RunId,
        group: Placeholder,
        members: i64,
        joins: i64,
        leaves: i64,
        is_new: bool,
    ) -> GroupRow {
        let count = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
        GroupRow {
            school_id: school.id(),
            run_id: run,
            placeholder: group.key(),
            members: count(members),
            joins: count(joins),
            leaves: count(leaves),
            is_new,
        }
    }
}

pub(super) fn keep_groups(db: &Db, rows: Vec<GroupRow>) -> Result<(), AppError> {
    db.write(|conn| Ok(bulk_load!(conn, run_groups, GroupRow, rows)?))
}

/// What a run does, or did, to a group.
#[derive(Debug, Clone)]
pub struct StoredGroup {
    pub group: Placeholder,
    pub members: i32,
    pub joins: i32,
    pub leaves: i32,
    pub is_new: bool,
}

impl StoredGroup {
    pub fn of_run(conn: &mut Conn, school: &CurrentSchool, run: RunId) -> Result<Vec<StoredGroup>, AppError> {
        let rows: Vec<(String, i32, i32, i32, bool)> = run_groups::of(school)
            .filter(run_groups::run_id.eq(run))
            .select((
                run_groups::placeholder,
                run_groups::members,
                run_groups::joins,
                run_groups::leaves,
                run_groups::is_new,
            ))
            .load(conn)?;
        let mut groups = rows
            .into_iter()
            .map(|(key, members, joins, leaves, is_new)| {
                let group = Placeholder::parse(&key).ok_or_else(|| AppError::Internal(format!("no group {key:?}")))?;
                Ok(StoredGroup { group, members, joins, leaves, is_new })
            })
            .collect::<Result<Vec<_>, AppError>>()?;
        groups.sort_by_key(|g| g.group);
        Ok(groups)
    }
}
