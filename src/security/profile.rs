//! Profiles: the first Tasks of a new user.
//! Leaves granting and taking back single Tasks to the User Security wizard.

use super::task::TaskName;

crate::text_enum! {
    Profile {
        Registrar = "registrar", "Registrar";
        Viewer = "viewer", "Viewer";
        Clerk = "clerk", "Clerk";
        SecurityAdministrator = "security", "Security administrator";
        Support = "support", "Support";
    }
}

impl Profile {
    /// The Tasks that a new user of the profile may use.
    pub fn tasks(self) -> &'static [TaskName] {
        match self {
            Profile::Registrar => &[
                TaskName::ModifyIntegrationIds,
                TaskName::EditPeople,
                TaskName::ImportNames,
                TaskName::RequestIntegrations,
            ],
            Profile::Viewer => &[TaskName::ViewIntegrationIds],
            Profile::Clerk => &[],
            Profile::SecurityAdministrator => &[TaskName::AdministerSecurity],
            Profile::Support => &[TaskName::ManageCatalogue, TaskName::SetStages],
        }
    }

    /// A security administrator may grant every Task of the school without using one.
    pub fn may_grant(self) -> Vec<TaskName> {
        match self {
            Profile::SecurityAdministrator => every_school_task(),
            _ => Vec::new(),
        }
    }
}

/// What the first user of a school may grant, whatever the profile: somebody has to begin.
pub fn every_school_task() -> Vec<TaskName> {
    TaskName::ALL.iter().copied().filter(|t| !t.is_of_support()).collect()
}
