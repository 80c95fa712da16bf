//! The files of one sync, opened. Leaves where they come from (an upload, the command line) to whoever gives them.

use std::panic::resume_unwind;
use std::sync::OnceLock;

use super::roster::{Roster, Students};
use crate::security::sha256;
use crate::sources::{
    FileProblem, FileShape, HeaderMap, ParentColumn, ParentsExtract, RelationshipsExtract, Slot, StudentColumn,
    StudentsExtract, TeacherColumn, TeachersExtract,
};

/// A file as it was given.
pub struct GivenFile {
    pub slot: Slot,
    pub name: String,
    pub bytes: Vec<u8>,
    hash: OnceLock<String>,
}

impl GivenFile {
    pub fn new(slot: Slot, name: String, bytes: Vec<u8>) -> GivenFile {
        GivenFile { slot, name, bytes, hash: OnceLock::new() }
    }

    pub fn hash(&self) -> &str {
        self.hash.get_or_init(|| sha256(&self.bytes))
    }
}

/// What is known of a file once it is open.
#[derive(Debug, Clone)]
pub struct FileOf {
    pub slot: Slot,
    pub name: String,
    pub hash: String,
    pub length: i64,
    pub rows: i64,
    pub header: Vec<String>,
    pub shape: FileShape,
    pub notes: Vec<String>,
    /// Whether its rows hold Host IDs, which only some may see.
    pub holds_ids: bool,
}

enum Opened<'b> {
    Students(StudentsExtract<'b>),
    Teachers(TeachersExtract<'b>),
    Parents(ParentsExtract<'b>),
    Relationships(RelationshipsExtract<'b>),
}

impl<'b> Opened<'b> {
    fn of(file: &'b GivenFile, map: &HeaderMap) -> Result<Opened<'b>, FileProblem> {
        Ok(match file.slot {
            Slot::Students => Opened::Students(StudentsExtract::open(&file.bytes, map)?),
            Slot::Teachers => Opened::Teachers(TeachersExtract::open(&file.bytes, map)?),
            Slot::Parents => Opened::Parents(ParentsExtract::open(&file.bytes, map)?),
            Slot::Relationships => Opened::Relationships(RelationshipsExtract::open(&file.bytes, map)?),
        })
    }
}

/// Each absent one says nothing about its people.
pub struct Files<'b> {
    pub students: Option<Students<'b>>,
    pub teachers: Option<TeachersExtract<'b>>,
    pub parents: Option<ParentsExtract<'b>>,
    pub relationships: Option<RelationshipsExtract<'b>>,
    pub told: Vec<FileOf>,
}

impl<'b> Files<'b> {
    /// Opens what was given; the first file that cannot be used at all is the answer instead.
    pub fn open(
        given: &'b [GivenFile],
        map: &HeaderMap,
        school_year_ends: i32,
    ) -> Result<Files<'b>, (Slot, FileProblem)> {
        let mut files = Files { students: None, teachers: None, parents: None, relationships: None, told: Vec::new() };
        // Each in a thread of its own; of several that cannot be used, the first is told.
        let opened: Vec<_> = std::thread::scope(|scope| {
            let begun: Vec<_> = given.iter().map(|file| scope.spawn(|| Opened::of(file, map))).collect();
            begun.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
        });
        for (file, opened) in given.iter().zip(opened) {
            match opened.map_err(|e| (file.slot, e))? {
                Opened::Students(extract) => files.students = Some(Students { extract, school_year_ends }),
                Opened::Teachers(extract) => files.teachers = Some(extract),
                Opened::Parents(extract) => files.parents = Some(extract),
                Opened::Relationships(extract) => files.relationships = Some(extract),
            }
        }
        let told: Vec<FileOf> = given.iter().filter_map(|file| files.tell(file)).collect();
        files.told = told;
        // A Contacts data set names the students of each parent itself.
        if files.relationships.is_none() {
            files.relationships = files.parents.as_ref().and_then(ParentsExtract::relationships);
        }
        Ok(files)
    }

    /// The rosters, students first: a parent's relationships name students who are there by then.
    pub fn rosters(&self) -> Vec<&dyn Roster> {
        let mut rosters: Vec<&dyn Roster> = Vec::new();
        rosters.extend(self.students.as_ref().map(|r| r as &dyn Roster));
        rosters.extend(self.teachers.as_ref().map(|r| r as &dyn Roster));
        rosters.extend(self.parents.as_ref().map(|r| r as &dyn Roster));
        rosters
    }

    /// What a file speaks about: part of what its rows come to.
    pub fn columns_of(&self, slot: Slot) -> String {
        match slot {
            Slot::Students => format!("{:?}", self.students.as_ref().map(|s| s.extract.columns())),
            Slot::Teachers => format!("{:?}", self.teachers.as_ref().map(|t| t.columns())),
            Slot::Parents => format!("{:?}", self.parents.as_ref().map(|p| p.columns())),
            Slot::Relationships => String::new(),
        }
    }

    /// Whether a file has e-mails at all: an absent column says nothing.
    pub fn speaks_of_email(&self, slot: Slot) -> bool {
        match slot {
            Slot::Students => {
                self.students.as_ref().is_some_and(|s| s.extract.columns().contains(&StudentColumn::Email))
            }
            Slot::Teachers => self.teachers.as_ref().is_some_and(|t| t.columns().contains(&TeacherColumn::Email)),
            Slot::Parents => self.parents.as_ref().is_some_and(|p| p.columns().contains(&ParentColumn::Email)),
            Slot::Relationships => false,
        }
    }

    /// Whether the file of students tells every grade that a group could come from.
    pub fn tells_grades(&self) -> bool {
        self.students.as_ref().is_some_and(|s| {
            let columns = s.extract.columns();
            columns.contains(&StudentColumn::GradeLevel) && columns.contains(&StudentColumn::GradYear)
        })
    }

    /// The file that the relationships stand in: a Contacts data set holds its own.
    pub fn slot_of_relationships(&self) -> Slot {
        if self.told.iter().any(|f| f.slot == Slot::Relationships) { Slot::Relationships } else { Slot::Parents }
    }

    /// Whether one of them is a download of blocked rows, given again: it holds some people of many.
    pub fn are_mended(&self) -> bool {
        self.rosters().iter().any(|r| r.is_mended())
            || self.relationships.as_ref().is_some_and(RelationshipsExtract::is_mended)
    }

    /// All rows of all files.
    pub fn rows(&self) -> u64 {
        self.told.iter().map(|f| u64::try_from(f.rows).unwrap_or(0)).sum()
    }

    fn tell(&self, file: &GivenFile) -> Option<FileOf> {
        let mut told = FileOf {
            slot: file.slot,
            name: file.name.clone(),
            hash: file.hash().to_owned(),
            length: i64::try_from(file.bytes.len()).unwrap_or(i64::MAX),
            rows: 0,
            header: Vec::new(),
            shape: FileShape { charset: crate::sources::Charset::Utf8, delimiter: None, quoted: false, line_end: None },
            notes: Vec::new(),
            holds_ids: false,
        };
        if file.slot == Slot::Relationships {
            let r = self.relationships.as_ref()?;
            told.rows = i64::try_from(r.row_count()).unwrap_or(i64::MAX);
            told.header = r.header().to_vec();
            told.shape = r.shape();
            told.notes = r.notes().to_vec();
            told.holds_ids = r.holds_host_ids();
            return Some(told);
        }
        let r = self.rosters().into_iter().find(|r| r.slot() == file.slot)?;
        told.rows = i64::try_from(r.row_count()).unwrap_or(i64::MAX);
        told.header = r.header().to_vec();
        told.shape = r.shape();
        told.notes = r.notes().to_vec();
        Some(told)
    }
}
