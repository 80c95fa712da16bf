//! Which columns the list of people shows beside the name and the SONIS ID. The file of the list has them all.

crate::text_enum! {
    Columns {
        All = "all", "All columns";
        Place = "place", "Place in school";
        Contact = "contact", "Contact";
        Names = "names", "Names alone";
    }
}

impl Columns {
    /// Grade, division and campus.
    pub fn place(self) -> bool {
        matches!(self, Columns::All | Columns::Place)
    }

    pub fn status(self) -> bool {
        self != Columns::Names
    }

    pub fn email(self) -> bool {
        matches!(self, Columns::All | Columns::Contact)
    }

    pub fn phone(self) -> bool {
        self == Columns::Contact
    }
}
