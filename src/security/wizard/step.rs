//! The steps, in their order. Leaves what each asks to the file of its name.

crate::text_enum! {
    Step {
        UserId = "user-id", "User ID";
        SearchOptions = "search-options", "Search Options";
        LimitingAccess = "limiting-access", "Limiting Access";
        Privileges = "privileges", "Additional privileges";
        Tasks = "tasks", "Tasks";
    }
}
