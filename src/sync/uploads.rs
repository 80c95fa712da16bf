//! Files as they were uploaded, in pieces of a megabyte, until a plan is made of them or their time is over.
//! Leaves reading a form to `sync::pages`, and what is in the files to `sources`.

use std::collections::HashSet;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::files::GivenFile;
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::runs::RunState;
use crate::schema::{run_files, runs, upload_pieces, uploads};
use crate::schools::CurrentSchool;
use crate::security::{Actor, hex};
use crate::sources::{Slot, Table};

crate::id_type! {
    /// An uploaded file's row.
    UploadId
}

/// A piece is written in a transaction of its own, so that nobody waits for a whole file.
pub const PIECE: usize = 1024 * 1024;

/// So many pieces are taken away at a time.
const SOME: i64 = 64;

/// An upload that did not arrive whole within that time never will.
const UNFINISHED: TimeDelta = TimeDelta::hours(2);

/// A file that arrived whole.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = uploads)]
pub struct Upload {
    pub id: UploadId,
    pub slot: Slot,
    pub name: String,
    /// Empty until the last piece is there.
    pub hash: String,
    pub length: i64,
    pub uploaded_by: String,
    pub uploaded_at: NaiveDateTime,
}

/// A file on its way in. What is not finished is discarded.
pub struct Arriving {
    id: UploadId,
    slot: Slot,
    hash: Sha256,
    length: i64,
    place: i32,
}

impl Arriving {
    pub fn begin(
        db: &Db,
        school: &CurrentSchool,
        slot: Slot,
        name: &str,
        by: &Actor,
        now: NaiveDateTime,
    ) -> Result<Arriving, AppError> {
        let id = db.write(|conn| {
            Ok(uploads::insert()
                .values((
                    uploads::school_id.eq(school.id()),
                    uploads::slot.eq(slot),
                    uploads::name.eq(name),
                    uploads::hash.eq(""),
                    uploads::length.eq(0_i64),
                    uploads::uploaded_by.eq(by.name()),
                    uploads::uploaded_at.eq(now),
                ))
                .returning(uploads::id)
                .get_result(conn)?)
        })?;
        Ok(Arriving { id, slot, hash: Sha256::new(), length: 0, place: 0 })
    }

    pub fn length(&self) -> i64 {
        self.length
    }

    pub fn put(&mut self, db: &Db, school: &CurrentSchool, piece: &[u8]) -> Result<(), AppError> {
        if piece.is_empty() {
            return Ok(());
        }
        self.hash.update(piece);
        self.length += i64::try_from(piece.len()).unwrap_or(0);
        let place = self.place;
        self.place += 1;
        db.write(|conn| {
            upload_pieces::insert()
                .values((
                    upload_pieces::school_id.eq(school.id()),
                    upload_pieces::upload_id.eq(self.id),
                    upload_pieces::place.eq(place),
                    upload_pieces::body.eq(piece),
                ))
                .execute(conn)?;
            Ok(())
        })
    }

    /// It is there whole, and takes the place of what waited in its slot.
    pub fn finish(self, db: &Db, school: &CurrentSchool) -> Result<(), AppError> {
        let hash = hex(&self.hash.finalize());
        let (id, length) = (self.id, self.length);
        let older = db.write(|conn| {
            diesel::update(uploads::of(school).filter(uploads::id.eq(id)))
                .set((uploads::hash.eq(hash), uploads::length.eq(length)))
                .execute(conn)?;
            Ok(waiting(conn, school)?.0)
        })?;
        older.iter().filter(|u| u.slot == self.slot && u.id != id).try_for_each(|u| discard(db, school, u.id))
    }

    pub fn give_up(self, db: &Db, school: &CurrentSchool) -> Result<(), AppError> {
        discard(db, school, self.id)
    }
}

/// The files that wait for a plan, at most one a slot: the newest. One that a plan was made of does not wait any more.
#[derive(Debug, Clone, Default)]
pub struct Waiting(pub Vec<Upload>);

impl Waiting {
    pub fn load(conn: &mut Conn, school: &CurrentSchool) -> Result<Waiting, AppError> {
        let all = waiting(conn, school)?.0;
        let newest = |slot: Slot| all.iter().filter(|u| u.slot == slot).max_by_key(|u| u.id).cloned();
        Ok(Waiting(Slot::ALL.iter().filter_map(|slot| newest(*slot)).collect()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn of(&self, slot: Slot) -> Option<&Upload> {
        self.0.iter().find(|u| u.slot == slot)
    }

    /// All of them, whole in memory: a plan compares every row with every other.
    pub fn open(&self, db: &Db, school: &CurrentSchool) -> Result<Vec<GivenFile>, AppError> {
        self.0.iter().map(|u| Ok(GivenFile::new(u.slot, u.name.clone(), bytes(db, school, u)?))).collect()
    }
}

/// A mended list of blocked rows is no longer than that; whatever is longer is not looked into for its marks.
const LONGEST_MENDED: i64 = 16 * 1024 * 1024;

impl Waiting {
    /// Whether one of them is a download of blocked rows, given again: nobody has to say then that it is no full list.
    pub fn holds_mended(&self, db: &Db, school: &CurrentSchool) -> Result<bool, AppError> {
        for upload in self.0.iter().filter(|u| u.length <= LONGEST_MENDED) {
            let bytes = bytes(db, school, upload)?;
            if Table::read(&bytes).is_ok_and(|t| t.is_mended()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Every finished upload that no plan has been made of.
fn waiting(conn: &mut Conn, school: &CurrentSchool) -> Result<Waiting, AppError> {
    let all: Vec<Upload> =
        uploads::of(school).filter(uploads::hash.ne("")).order(uploads::id).select(Upload::as_select()).load(conn)?;
    if all.is_empty() {
        return Ok(Waiting::default());
    }
    let hashes: Vec<String> = all.iter().map(|u| u.hash.clone()).collect();
    let planned: Vec<(String, String, NaiveDateTime)> = run_files::of(school)
        .inner_join(runs::beside(run_files::school_id, runs::id.eq(run_files::run_id)))
        .filter(run_files::hash.eq_any(hashes))
        .filter(runs::state.ne(RunState::Abandoned))
        .select((run_files::slot, run_files::hash, runs::planned_at))
        .load(conn)?;
    let planned: HashSet<(String, String, NaiveDateTime)> = planned.into_iter().collect();
    let is_planned = |u: &Upload| {
        planned.iter().any(|(slot, hash, at)| slot == u.slot.code() && *hash == u.hash && *at >= u.uploaded_at)
    };
    Ok(Waiting(all.into_iter().filter(|u| !is_planned(u)).collect()))
}

fn bytes(db: &Db, school: &CurrentSchool, upload: &Upload) -> Result<Vec<u8>, AppError> {
    let mut whole = Vec::with_capacity(usize::try_from(upload.length).unwrap_or(0));
    let mut place = 0;
    loop {
        let piece: Option<Vec<u8>> = db.read(|conn| {
            Ok(upload_pieces::of(school)
                .filter(upload_pieces::upload_id.eq(upload.id))
                .filter(upload_pieces::place.eq(place))
                .select(upload_pieces::body)
                .get_result(conn)
                .optional()?)
        })?;
        match piece {
            Some(piece) => whole.extend_from_slice(&piece),
            None if i64::try_from(whole.len()).ok() == Some(upload.length) => return Ok(whole),
            None => {
                return Err(AppError::Conflict(format!(
                    "The file {} is not there any more: somebody has removed or replaced it. Upload it again.",
                    upload.name
                )));
            }
        }
        place += 1;
    }
}

/// Gives a waiting file to another slot, in the place of what waited there; `NotFound` where the school has no such file.
pub fn put(db: &Db, school: &CurrentSchool, id: UploadId, to: Slot) -> Result<(), AppError> {
    let older = db.write(|conn| {
        let moved = diesel::update(uploads::of(school).filter(uploads::id.eq(id)).filter(uploads::hash.ne("")))
            .set(uploads::slot.eq(to))
            .execute(conn)?;
        if moved == 0 { Err(AppError::NotFound) } else { Ok(waiting(conn, school)?.0) }
    })?;
    older.iter().filter(|u| u.slot == to && u.id != id).try_for_each(|u| discard(db, school, u.id))
}

/// Takes a waiting file away; `NotFound` where the school has no such file.
pub fn remove(db: &Db, school: &CurrentSchool, id: UploadId) -> Result<Upload, AppError> {
    let upload: Upload = db.read(|conn| {
        Ok(uploads::of(school).filter(uploads::id.eq(id)).select(Upload::as_select()).get_result(conn)?)
    })?;
    discard(db, school, id)?;
    Ok(upload)
}

fn discard(db: &Db, school: &CurrentSchool, id: UploadId) -> Result<(), AppError> {
    // First it is no whole file any more, then its pieces go.
    db.write(|conn| {
        diesel::update(uploads::of(school).filter(uploads::id.eq(id))).set(uploads::hash.eq("")).execute(conn)?;
        Ok(())
    })?;
    loop {
        let gone = db.write(|conn| {
            let of_it = || upload_pieces::of(school).filter(upload_pieces::upload_id.eq(id));
            let some: Vec<i32> =
                of_it().order(upload_pieces::place).select(upload_pieces::place).limit(SOME).load(conn)?;
            diesel::delete(of_it().filter(upload_pieces::place.eq_any(some.clone()))).execute(conn)?;
            if some.is_empty() {
                diesel::delete(uploads::of(school).filter(uploads::id.eq(id))).execute(conn)?;
            }
            Ok(some.is_empty())
        })?;
        if gone {
            return Ok(());
        }
    }
}

/// Takes away what is older than the school keeps it, and what never arrived whole.
pub fn tidy(db: &Db, school: &CurrentSchool, keep_days: i32, now: NaiveDateTime) -> Result<(), AppError> {
    let (kept_since, arriving_since) = (now - TimeDelta::days(i64::from(keep_days)), now - UNFINISHED);
    let old: Vec<UploadId> = db.read(|conn| {
        Ok(uploads::of(school)
            .filter(
                uploads::uploaded_at
                    .lt(kept_since)
                    .or(uploads::hash.eq("").and(uploads::uploaded_at.lt(arriving_since))),
            )
            .select(uploads::id)
            .load(conn)?)
    })?;
    old.into_iter().try_for_each(|id| discard(db, school, id))
}
