//! PowerSchool's extracts of an invented school of any size: students, staff, parents, relationships, in the proportions
//! of the bars: 60 % students, 5 % staff, 35 % parents, 0.7 relationships a person, 3 % with a shared e-mail.
//! The same size makes the same files. Leaves measuring to `sync`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;

/// The four files.
pub struct Roster {
    pub students: PathBuf,
    pub teachers: PathBuf,
    pub parents: PathBuf,
    pub relationships: PathBuf,
}

const FIRST: [&str; 12] =
    ["Amara", "Bilal", "Chiara", "Dmitri", "Eluned", "Farah", "Goran", "Hana", "Iñaki", "Jolene", "Kwame", "Lea"];
const LAST: [&str; 10] =
    ["Okonkwo", "Núñez", "Lindqvist", "Haddad", "Tanabe", "Castellanos", "Berg", "Petrov", "O’Brien", "Nguyen"];

/// A number that looks random and is not: the same for the same place.
fn mixed(n: u64) -> u64 {
    let mut x = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn name(n: u64) -> (String, &'static str) {
    let m = mixed(n);
    let last = LAST[usize::try_from(m % 10).unwrap_or(0)];
    let first = FIRST[usize::try_from((m >> 8) % 12).unwrap_or(0)];
    (format!("{last}-{:x}", (m >> 16) & 0xffff), first)
}

impl Roster {
    /// Makes another file of the students with the same rows.
    pub fn end_with_a_blank_line(&self) -> Result<()> {
        let mut file = std::fs::OpenOptions::new().append(true).open(&self.students)?;
        Ok(std::io::Write::write_all(&mut file, b"\n")?)
    }

    /// Writes the files of a school of `people`; where `changed` is set, every hundredth record has another phone.
    pub fn write(dir: &Path, people: u64, changed: bool) -> Result<Roster> {
        std::fs::create_dir_all(dir)?;
        let (students, staff) = (people * 60 / 100, people * 5 / 100);
        let parents = people - students - staff;
        let file = |name: &str| dir.join(name);
        let roster = Roster {
            students: file("students.txt"),
            teachers: file("teachers.txt"),
            parents: file("parents.txt"),
            relationships: file("relationships.txt"),
        };
        let phone = |n: u64| {
            let turn = u64::from(changed && (n % 100 == 50));
            format!("512-{:03}-{:04}", (mixed(n) + turn) % 1000, mixed(n + 7) % 10_000)
        };
        // Of a hundred people three share their e-mail with the one before.
        let email = |kind: char, n: u64| {
            let of = if n % 100 < 3 { n - n % 100 } else { n };
            format!("{kind}{of}@northfield.example")
        };
        // Rows stand in no order, as an export's do.
        let turned = |n: u64, of: u64| (n * 7919 + 13) % of.max(1);
        let mut out = BufWriter::new(File::create(&roster.students)?);
        writeln!(
            out,
            "STUDENTS.Student_Number\tSTUDENTS.dcid\tSTUDENTS.Last_Name\tSTUDENTS.First_Name\tSTUDENTS.DOB\tSTUDENTS.Gender\tSTUDENTS.Grade_Level\tSTUDENTS.Home_Phone\tEmail\tSTUDENTS.Enroll_Status"
        )?;
        for place in 0..students {
            let n = turned(place, students);
            let (last, first) = name(n);
            let m = mixed(n + 99);
            writeln!(
                out,
                "{}\t{}\t{last}\t{first}\t{}/{}/{}\t{}\t{}\t{}\t{}\t0",
                2_000_000 + n,
                10 + n,
                1 + m % 12,
                1 + (m >> 8) % 28,
                2008 + (m >> 16) % 12,
                if m & 1 == 0 { "F" } else { "M" },
                (m >> 24) % 13,
                phone(n),
                email('s', n),
            )?;
        }
        out.flush()?;
        let mut out = BufWriter::new(File::create(&roster.teachers)?);
        writeln!(
            out,
            "USERS.dcid\tUSERS.Last_Name\tUSERS.First_Name\tUSERS.Email_Addr\tUSERS.Title\tUSERS.Home_Phone"
        )?;
        for place in 0..staff {
            let n = turned(place, staff);
            let (last, first) = name(n + 5_000_000);
            writeln!(out, "{}\t{last}\t{first}\t{}\tTeacher\t{}", 2_010_000 + n, email('t', n), phone(n + 1_000_000))?;
        }
        out.flush()?;
        let mut out = BufWriter::new(File::create(&roster.parents)?);
        writeln!(
            out,
            "PERSON.ID\tPERSON.LASTNAME\tPERSON.FIRSTNAME\tEMAILADDRESS.EmailAddress\tPhone\tPERSON.ISACTIVE"
        )?;
        for place in 0..parents {
            let n = turned(place, parents);
            let (last, first) = name(n + 9_000_000);
            writeln!(out, "{}\t{last}\t{first}\t{}\t{}\t1", 2_550_000 + n, email('p', n), phone(n + 2_000_000))?;
        }
        out.flush()?;
        let mut out = BufWriter::new(File::create(&roster.relationships)?);
        writeln!(
            out,
            "STUDENTCONTACTASSOC.STUDENTDCID\tSTUDENTCONTACTASSOC.PERSONID\tSTUDENTCONTACTASSOC.CURRRELTYPECODESETID"
        )?;
        for pair in 0..parents * 2 {
            let (parent, which) = (pair / 2, pair % 2);
            let student = (parent * 2 + which * 3) % students.max(1);
            let kind = if mixed(parent) & 1 == 0 { "Mother" } else { "Father" };
            writeln!(out, "{}\t{}\t{kind}", 10 + student, 2_550_000 + parent)?;
        }
        out.flush()?;
        Ok(roster)
    }
}

/// `roster DIR PEOPLE [changed]`: writes the files, to look at them or to try them by hand.
pub fn main(args: &[String]) -> Result<()> {
    let [dir, people, rest @ ..] = args else { anyhow::bail!("roster DIR PEOPLE [changed]") };
    Roster::write(Path::new(dir), people.parse()?, !rest.is_empty()).map(drop)
}
