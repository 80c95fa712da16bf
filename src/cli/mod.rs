//! The command line: one file a subcommand. Each ends in an exit code: 0 done, 1 done with rows not taken, 2 could not, 3 held.
//! Leaves the work to the rooms: a command does what a page does, by the same functions.

mod acting;
mod audit;
mod backup;
mod blocked;
mod check;
mod demo;
mod desk;
mod groups;
mod id_specs;
mod import;
mod person;
mod school;
mod serve;
mod sync;
mod sync_decide;
mod sync_returning;
mod user;
mod user_grant;
mod user_limit;
mod user_state;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::clock::Clock;
use crate::config::{self, PublicUrl, SettingsFile};
use crate::db::{DatabaseUrl, Db};
use crate::instance::{Instance, Kind};
use crate::mail::MailSettings;

/// The ID crosswalk of a school: which number each third-party program knows a person by.
#[derive(Parser)]
#[command(
    name = "crosswalk",
    version,
    after_help = "Exit codes: 0 done, 1 done but some rows were not taken, 2 could not, 3 held for a second person."
)]
struct Cli {
    /// Settings file; crosswalk.toml in this folder is read when it is there
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// sqlite:FILE or postgres://USER@HOST/DATABASE [default: sqlite:crosswalk.db]
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The key that seals the audit [default: beside a SQLite database]
    #[arg(long, global = true, env = "CROSSWALK_AUDIT_KEY_FILE", value_name = "FILE")]
    audit_key_file: Option<PathBuf>,
    /// Where e-mail goes out: smtps://USER:PASSWORD@HOST, or smtp://HOST:PORT?tls=required [default: no e-mail]
    #[arg(long, global = true, env = "SMTP_URL", value_name = "URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// The address that e-mail comes from
    #[arg(long, global = true, env = "CROSSWALK_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a demo with invented people and serve it on this machine
    Demo(demo::Demo),
    /// Serve for real
    Serve(serve::Serve),
    /// Add a school, list them, or move the integrations of one from stage to stage
    #[command(subcommand)]
    School(school::School),
    /// Add a user, limit which people one sees, grant Tasks, disable or enable one
    #[command(subcommand)]
    User(user::User),
    /// Import from a file
    #[command(subcommand)]
    Import(import::Import),
    /// Load a Group Membership list, or go back to the automatic groups
    #[command(subcommand)]
    Groups(groups::Groups),
    /// ID creation specifications: list, preview, set one, make the IDs
    #[command(subcommand)]
    IdSpecs(id_specs::IdSpecs),
    /// Merge two records of one person, or make them two again
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// The roster sync: plan, apply, release, undo, show
    #[command(subcommand)]
    Sync(sync::Sync),
    /// The desk: list what needs a person, say whose turn it is
    #[command(subcommand)]
    Desk(desk::Items),
    /// Copy the whole database into one file, while the program runs
    Backup(backup::Backup),
    /// Put a backup where the database is expected
    Restore(backup::Restore),
    /// Look for faults in the database
    Check(check::Check),
    /// Seal the audit and print its heads
    #[command(subcommand)]
    Audit(audit::Audit),
}

/// What ends a command early: a plain line for standard error, exit code 2.
#[derive(Debug)]
struct Failure(String);

impl<E: std::fmt::Display> From<E> for Failure {
    fn from(e: E) -> Failure {
        Failure(e.to_string())
    }
}

/// How a command that could do its work ended.
enum Done {
    Well,
    /// Some rows were not taken.
    WithRefusals,
    /// The guard holds a run: a second person has to release it.
    Held,
}

/// What every command starts from.
struct Desk {
    settings: SettingsFile,
    database_url: Option<String>,
    audit_key_file: Option<PathBuf>,
    smtp_url: Option<String>,
    mail_from: Option<String>,
    clock: Clock,
}

impl Desk {
    fn url(&self) -> Result<DatabaseUrl, Failure> {
        Ok(config::database_url(self.database_url.as_deref(), &self.settings)?)
    }

    /// How e-mail is sent; None where it is not.
    fn mail(&self, public_url: Option<&PublicUrl>) -> Result<Option<MailSettings>, Failure> {
        let url = self.smtp_url.as_deref().or(self.settings.smtp_url.as_deref()).filter(|url| !url.trim().is_empty());
        let from = self.mail_from.as_deref().or(self.settings.mail_from.as_deref());
        Ok(url.map(|url| MailSettings::parse(url, from, public_url)).transpose()?)
    }

    /// Where the audit's key is; None where nobody has said so for PostgreSQL.
    fn audit_key_file(&self, url: &DatabaseUrl) -> Option<PathBuf> {
        config::audit_key_file(self.audit_key_file.as_deref(), &self.settings, url)
    }

    /// The database for a command that has nothing to do where there is none.
    fn open_existing(&self) -> Result<Db, Failure> {
        let url = self.url()?;
        if let Some(path) = url.sqlite_path().filter(|p| !p.exists()) {
            return Err(Failure(format!("The database {url} cannot be opened: there is no file {}.", path.display())));
        }
        let db = Db::open(&url, 4)?;
        db.read(Instance::find)?.ok_or_else(|| Failure(format!("{url} has no school yet.")))?;
        Ok(db)
    }

    /// The database for a command on the command line, made where there is none.
    fn open(&self) -> Result<Db, Failure> {
        let db = Db::open(&self.url()?, 4)?;
        db.write(|conn| Instance::begin(conn, Kind::Real, self.clock.now()))?;
        Ok(db)
    }
}

pub fn run() -> ExitCode {
    // clap ends with code 2 and a plain line on an option it does not know.
    let cli = Cli::parse();
    match start(cli) {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::WithRefusals) => ExitCode::from(1),
        Ok(Done::Held) => ExitCode::from(3),
        Err(Failure(why)) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn start(cli: Cli) -> Result<Done, Failure> {
    let default = PathBuf::from("crosswalk.toml");
    let file = cli.config.or_else(|| default.exists().then_some(default));
    let settings = file.map(|f| SettingsFile::read(&f)).transpose()?.unwrap_or_default();
    let desk = Desk {
        settings,
        database_url: cli.database_url,
        audit_key_file: cli.audit_key_file,
        smtp_url: cli.smtp_url,
        mail_from: cli.mail_from,
        clock: Clock::default(),
    };
    match cli.command {
        Command::Demo(c) => c.run(&desk),
        Command::Serve(c) => c.run(&desk),
        Command::School(c) => c.run(&desk),
        Command::User(c) => c.run(&desk),
        Command::Import(c) => c.run(&desk),
        Command::Groups(c) => c.run(&desk),
        Command::IdSpecs(c) => c.run(&desk),
        Command::Person(c) => c.run(&desk),
        Command::Sync(c) => c.run(&desk),
        Command::Desk(c) => c.run(&desk),
        Command::Backup(c) => c.run(&desk),
        Command::Restore(c) => c.run(&desk),
        Command::Check(c) => c.run(&desk),
        Command::Audit(c) => c.run(&desk),
    }
}
