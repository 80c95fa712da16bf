//! The folder that a school's extracts are put into: what is there, and putting away what was taken.
//! Leaves which file is which to `sync::watch::which`.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where files go that a plan was made of, and those that none could be made of.
pub const DONE: &str = "done";
pub const FAILED: &str = "failed";

/// More files are no extracts of one school.
const MOST: usize = 100;

/// A file as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    pub size: u64,
    pub modified: SystemTime,
}

/// The files of the folder itself by name, but those that bear the name of something unfinished. What a link leads to is
/// nobody's to give.
pub fn files(folder: &Path) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if is_unfinished(&name) {
            continue;
        }
        // What is renamed or taken away just now is seen the next time.
        let Ok(about) = std::fs::symlink_metadata(entry.path()) else { continue };
        if about.is_file() {
            found.push(Found { name, size: about.len(), modified: about.modified()? });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.truncate(MOST);
    Ok(found)
}

/// Names that programs give to what they are still writing.
pub fn is_unfinished(name: &str) -> bool {
    const ENDS: [&str; 9] =
        [".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".lock", ".swp"];
    let lower = name.to_lowercase();
    lower.starts_with(['.', '~']) || lower.ends_with('~') || ENDS.iter().any(|end| lower.ends_with(end))
}

/// Whether the file is still as it was seen.
pub fn is_same(folder: &Path, found: &Found) -> bool {
    std::fs::symlink_metadata(folder.join(&found.name)).is_ok_and(|about| {
        about.is_file() && about.len() == found.size && about.modified().is_ok_and(|m| m == found.modified)
    })
}

/// Makes sure that files can be put away, before anything is done with them.
pub fn prepare(folder: &Path) -> io::Result<()> {
    for place in [DONE, FAILED] {
        std::fs::create_dir_all(folder.join(place))?;
    }
    // A folder that only lets itself be read shows here.
    let probe = folder.join(DONE).join(".crosswalk-probe");
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(&probe)
}

/// Moves a file into `place`, its name with `mark` before it; nothing that is there is written over.
pub fn put_away(folder: &Path, name: &str, place: &str, mark: &str) -> io::Result<PathBuf> {
    let to = (1..1000)
        .map(|n| match n {
            1 => folder.join(place).join(format!("{mark}-{name}")),
            n => folder.join(place).join(format!("{mark}-{n}-{name}")),
        })
        .find(|to| !to.exists())
        .ok_or_else(|| io::Error::from(io::ErrorKind::AlreadyExists))?;
    std::fs::rename(folder.join(name), &to)?;
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_names_folders_and_links_are_not_looked_at() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        for name in ["students.txt", "parents.csv.part", ".teachers.txt", "~x.csv", "y.csv~", "z.TMP"] {
            std::fs::write(dir.path().join(name), "a")?;
        }
        std::fs::create_dir(dir.path().join("sub"))?;
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/hostname", dir.path().join("teachers.txt"))?;
        let names: Vec<String> = files(dir.path())?.into_iter().map(|f| f.name).collect();
        assert_eq!(names, ["students.txt"]);
        Ok(())
    }

    #[test]
    fn what_is_put_away_writes_over_nothing() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        prepare(dir.path())?;
        for text in ["one", "two"] {
            std::fs::write(dir.path().join("students.txt"), text)?;
            put_away(dir.path(), "students.txt", DONE, "run-7")?;
        }
        let kept = |name: &str| std::fs::read_to_string(dir.path().join(DONE).join(name));
        assert_eq!((kept("run-7-students.txt")?, kept("run-7-2-students.txt")?), ("one".into(), "two".into()));
        assert!(files(dir.path())?.is_empty());
        Ok(())
    }
}
