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
        EditPeople: EditPeople;
        ImportNames: ImportNames;
        RequestIntegrations: RequestIntegrations;
        ViewAudit: ViewAudit;
        AdministerSecurity: AdministerSecurity;
        ManageCatalogue: ManageCatalogue;
        SetStages: SetStages;
    }
}
