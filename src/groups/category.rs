//! The eight categories of Vidigami's Group Directory: a group has exactly one.
//! Leaves the groups to `groups::group`.

crate::text_enum! {
    /// In the order in which the directory shows them.
    Category {
        Internal = "internal", "Internal";
        Academics = "academics", "Academics";
        Athletics = "athletics", "Athletics";
        Arts = "arts", "Arts";
        Events = "events", "Events";
        Clubs = "clubs", "Clubs";
        OffCampus = "off_campus", "Off-Campus";
        StudentLife = "student_life", "Student Life";
    }
}
