//! The demo: two invented schools with people, integrations and users, the same for the same size.
//! Leaves serving it to `cli::demo`.

mod ids;
mod invented;
mod load;
pub mod population;

pub use load::{Size, load};

/// The password of every demo user; it is printed wherever the demo is.
pub const DEMO_PASSWORD: &str = "crosswalk-demo";

/// A demo user, as the sign-in page of a demo tells of them.
pub struct DemoUser {
    pub user_id: &'static str,
    pub name: &'static str,
    pub school: &'static str,
    pub profile: Profile,
    /// Tasks to use beyond those of the profile.
    pub also: &'static [TaskName],
    pub may: &'static str,
}

use crate::security::{Profile, TaskName};

pub const DEMO_USERS: &[DemoUser] = &[
    DemoUser {
        user_id: "registrar",
        name: "Rosa Okafor",
        school: "NFC",
        profile: Profile::Registrar,
        also: &[],
        may: "Views and changes integration IDs, edits people, imports names, requests integrations",
    },
    DemoUser {
        user_id: "viewer",
        name: "Daniel Lindqvist",
        school: "NFC",
        profile: Profile::Viewer,
        also: &[],
        may: "Views integration IDs",
    },
    DemoUser {
        user_id: "clerk",
        name: "Mina Castellanos",
        school: "NFC",
        profile: Profile::Clerk,
        also: &[],
        may: "Sees people, but not their integration IDs",
    },
    DemoUser {
        user_id: "security",
        name: "Ines Haddad",
        school: "NFC",
        profile: Profile::SecurityAdministrator,
        also: &[],
        may: "Grants every Task, uses none but Administer user security",
    },
    DemoUser {
        user_id: "support",
        name: "Tomas Berg",
        school: "",
        profile: Profile::Support,
        also: &[],
        may: "Keeps the catalogue, switches integrations on school by school",
    },
    DemoUser {
        user_id: "registrar2",
        name: "Keiko Tanabe",
        school: "HAR",
        profile: Profile::Registrar,
        also: &[],
        may: "The registrar of the second school",
    },
    DemoUser {
        user_id: "sync",
        name: "Elena Ferreira",
        school: "NFC",
        profile: Profile::Viewer,
        also: &[TaskName::RunRosterSync],
        may: "Runs the roster sync, views integration IDs",
    },
    DemoUser {
        user_id: "data",
        name: "Priya Raman",
        school: "NFC",
        profile: Profile::Registrar,
        also: &[TaskName::MergePeople, TaskName::ManageGroups, TaskName::ManageIdSpecs],
        may: "Does what the registrar does, merges people, manages groups and ID creation specifications",
    },
    DemoUser {
        user_id: "release",
        name: "Samuel Adeyemi",
        school: "NFC",
        profile: Profile::Clerk,
        also: &[TaskName::ReleaseHeldRuns],
        may: "Releases a sync that is held; does not see integration IDs",
    },
];
