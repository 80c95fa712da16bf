//! Tasks: the privileges that a security administrator grants, each a type of its own,
//! so that a handler's signature says which one it needs. Leaves who holds them to `security::grant`.

crate::text_enum! {
    /// A Task by its code (grants, audit) and its exact words on the page.
    TaskName {
        ModifyIntegrationIds = "modify_integration_ids", "View/modify integration IDs";
        ViewIntegrationIds = "view_integration_ids", "View integration IDs";
        EditPeople = "edit_people", "Edit people";
        MergePeople = "merge_people", "Merge people";
        ImportNames = "import_names", "Import names";
        RunRosterSync = "run_roster_sync", "Run roster sync";
        ReleaseHeldRuns = "release_held_runs", "Release held runs";
        BulkImport = "bulk_import", "Bulk import and upgrade";
        ManageIdSpecs = "manage_id_specs", "Manage ID creation specifications";
        ManageGroups = "manage_groups", "Manage groups";
        ExportCrosswalk = "export_crosswalk", "Export crosswalk";
        RequestIntegrations = "request_integrations", "Request integrations";
        ManageApiTokens = "manage_api_tokens", "Manage API tokens";
        ViewAudit = "view_audit", "View audit";
        AdministerSecurity = "administer_security", "Administer user security";
        ManageCatalogue = "manage_catalogue", "Manage the catalogue";
        SetStages = "set_stages", "Set stages";
    }
}

impl TaskName {
    /// A Task that works on everybody at once. Somebody whose access is limited cannot use it: it would reach past the limits.
    pub fn is_bulk(self) -> bool {
        matches!(
            self,
            TaskName::MergePeople
                | TaskName::ImportNames
                | TaskName::RunRosterSync
                | TaskName::ReleaseHeldRuns
                | TaskName::BulkImport
                | TaskName::ManageIdSpecs
                | TaskName::ManageGroups
                | TaskName::ExportCrosswalk
                | TaskName::ViewAudit
        )
    }

    /// A Task about the IDs of integrations, which can be granted for one of them.
    pub fn is_by_integration(self) -> bool {
        matches!(self, TaskName::ModifyIntegrationIds | TaskName::ViewIntegrationIds)
    }

    /// What it allows, in a line.
    pub fn allows(self) -> &'static str {
        match self {
            TaskName::ModifyIntegrationIds => "See, add and delete the integration IDs of a person.",
            TaskName::ViewIntegrationIds => "See the integration IDs of a person. Cannot add or delete.",
            TaskName::EditPeople => "Add people and change their Biographic page.",
            TaskName::MergePeople => "Make one record of two that are the same person.",
            TaskName::ImportNames => "Import names from PowerSchool’s list of students, and undo it.",
            TaskName::RunRosterSync => "Upload extracts, look at the preview, apply.",
            TaskName::ReleaseHeldRuns => "Release a run that went over a limit, if somebody else asked.",
            TaskName::BulkImport => "Import IDs in bulk and move IDs over from old columns.",
            TaskName::ManageIdSpecs => "Say how new IDs are made.",
            TaskName::ManageGroups => "Rename and hide groups, make custom ones and load a Group Membership list.",
            TaskName::ExportCrosswalk => "Download the crosswalk: people with their integration IDs.",
            TaskName::RequestIntegrations => "Request an integration from Support, and see its stage.",
            TaskName::ManageApiTokens => "Give third-party programs their keys, and take them back.",
            TaskName::ViewAudit => "See who granted, changed, viewed, downloaded and signed in.",
            TaskName::AdministerSecurity => "Add users, say what they may do, disable them.",
            TaskName::ManageCatalogue => "Add, edit and retire integrations of the catalogue.",
            TaskName::SetStages => "Switch integrations on and off, school by school.",
        }
    }

    /// Support's own Tasks are for all schools; the others are granted school by school.
    pub fn is_of_support(self) -> bool {
        matches!(self, TaskName::ManageCatalogue | TaskName::SetStages)
    }
}

/// What a handler can ask for in its signature: `Requires<tasks::EditPeople>`.
pub trait Task: 'static {
    /// Any one of these is enough.
    const ANY_OF: &'static [TaskName];
}

/// The Tasks as types.
pub mod tasks {
    use super::{Task, TaskName};

    macro_rules! task_types {
        ($($(#[$doc:meta])* $name:ident: $($task:ident)|+;)+) => {
            $($(#[$doc])* pub struct $name;
            impl Task for $name { const ANY_OF: &'static [TaskName] = &[$(TaskName::$task),+]; })+
        };
    }

    task_types! {
        /// Sees a person's integration IDs and changes them.
        ModifyIntegrationIds: ModifyIntegrationIds;
        /// Sees integration IDs: either Task will do.
        SeeIntegrationIds: ModifyIntegrationIds | ViewIntegrationIds;
        /// Sees them, and has this Task and no other.
        ViewIntegrationIds: ViewIntegrationIds;
        EditPeople: EditPeople;
        MergePeople: MergePeople;
        ImportNames: ImportNames;
        RunRosterSync: RunRosterSync;
        ReleaseHeldRuns: ReleaseHeldRuns;
        BulkImport: BulkImport;
        ManageIdSpecs: ManageIdSpecs;
        ManageGroups: ManageGroups;
        ExportCrosswalk: ExportCrosswalk;
        RequestIntegrations: RequestIntegrations;
        ManageApiTokens: ManageApiTokens;
        ViewAudit: ViewAudit;
        AdministerSecurity: AdministerSecurity;
        ManageCatalogue: ManageCatalogue;
        SetStages: SetStages;
        /// Looks after data that needs a person: either Task will do.
        WorkTheDesk: EditPeople | RunRosterSync;
        /// Is of Support, with either Task.
        BeOfSupport: ManageCatalogue | SetStages;
    }
}
