//! The kinds of items, whose they are at first, and what is done about each.
//! Leaves finding them to `desk::finders`. A new kind is a line here and a finder.

use crate::runs::Cause;

crate::text_enum! {
    /// What is wrong.
    Kind {
        Unreadable = "unreadable", "Cannot be read";
        Doubled = "doubled", "The same number twice";
        SharedEmail = "shared_email", "Shared e-mail";
        Twin = "twin", "Likely twins";
        LikelyMatch = "likely_match", "Likely matches";
        HostIdTaken = "host_id_taken", "One ID wanted by two people";
        WrongType = "wrong_type", "Another member type";
        NoStudent = "no_student", "No such student";
        NoParent = "no_parent", "No such parent";
        SamePerson = "same_person", "One person under two numbers";
        DoubleId = "double_id", "IDs that are nearly the same";
        UnfitId = "unfit_id", "IDs of another shape";
        Dangling = "dangling", "Parents without a student";
    }
}

crate::text_enum! {
    /// Whose turn it is.
    Owner {
        School = "school", "School";
        Support = "support", "Support";
        Vendor = "vendor", "Vendor";
    }
}

crate::text_enum! {
    State {
        Open = "open", "Open";
        Waiting = "waiting", "Waiting for its owner";
        Left = "left", "Left as it is";
    }
}

impl Kind {
    /// Blocked rows of a sync, by their cause; None for causes that block nobody.
    pub fn of_cause(cause: Option<Cause>) -> Option<Kind> {
        match cause {
            None | Some(Cause::Unreadable) => Some(Kind::Unreadable),
            Some(Cause::Doubled) => Some(Kind::Doubled),
            Some(Cause::SharedEmail) => Some(Kind::SharedEmail),
            Some(Cause::Twin) => Some(Kind::Twin),
            Some(Cause::LikelyMatch) => Some(Kind::LikelyMatch),
            Some(Cause::HostIdTaken) => Some(Kind::HostIdTaken),
            Some(Cause::WrongType) => Some(Kind::WrongType),
            Some(Cause::NoStudent) => Some(Kind::NoStudent),
            Some(Cause::NoParent) => Some(Kind::NoParent),
            Some(Cause::Absent | Cause::Kept | Cause::Moved) => None,
            // A match list tells its own rows on its page, and the sync waits for it.
            Some(Cause::Twice | Cause::Unknown | Cause::Taken | Cause::Misfit) => None,
            Some(Cause::NotListed | Cause::Unmatched | Cause::NoPerson) => None,
        }
    }

    /// Told to those alone who may see the IDs: that there is such an item tells that there is an ID.
    pub fn is_about_ids(self) -> bool {
        matches!(self, Kind::DoubleId | Kind::UnfitId)
    }

    /// A row of a file that a sync does not take.
    pub fn is_blocked_row(self) -> bool {
        !matches!(self, Kind::SamePerson | Kind::DoubleId | Kind::UnfitId | Kind::Dangling)
    }

    /// Whose it is until somebody says otherwise.
    pub fn first_owner(self) -> Owner {
        match self {
            Kind::HostIdTaken => Owner::Support,
            Kind::DoubleId | Kind::UnfitId => Owner::Vendor,
            _ => Owner::School,
        }
    }

    /// What is to be done, in a sentence or two.
    pub fn remedy(self) -> &'static str {
        match self {
            Kind::Unreadable => {
                "Correct the cell in PowerSchool and export again, or download the blocked rows of the run, mend them and upload them."
            }
            Kind::Doubled => {
                "Two rows have one number, so neither is taken. Find out in PowerSchool whose number it is, correct the other and export again."
            }
            Kind::SharedEmail => {
                "An account needs an e-mail of its own. Say whose it is on the page of shared e-mails, or correct one of the two in PowerSchool, and sync again."
            }
            Kind::Twin => {
                "A record of staff and one of a parent look like one person. Say whether they are on the page of likely matches, and sync again."
            }
            Kind::LikelyMatch => {
                "Somebody new looks like somebody the school has already. Say whether they are one on the page of likely matches, and sync again."
            }
            Kind::HostIdTaken => {
                "Two people would have one Host ID. Find out whose it is, correct the ID of the other, and sync again."
            }
            Kind::WrongType => {
                "The number leads to somebody of another member type. Correct the ID of one of the two, and sync again."
            }
            Kind::NoStudent => "Export whoever is missing too, or take the row out of the file.",
            Kind::NoParent => "Export the parent too, or take the row out of the file.",
            Kind::SamePerson => {
                "If they are one person, somebody with the Task Merge people makes one record of the two; the sync knows both numbers from then on. If they are two, leave it as it is and say so."
            }
            Kind::DoubleId => {
                "Find out from the vendor which of the two the program knows. Delete the other from its person and add the right one."
            }
            Kind::UnfitId => {
                "Find out from the vendor what the ID is in the program. Delete this one from the person and add the right one."
            }
            Kind::Dangling => {
                "Export the parent’s relationships from PowerSchool again. If there is no student any more, make the parent inactive."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_blocked_row_is_its_cause_and_what_blocks_nobody_has_none() {
        for cause in Cause::ALL {
            let kind = Kind::of_cause(Some(*cause));
            assert!(kind.is_none_or(|k| k.is_blocked_row() && k.code() == cause.code()), "{cause}");
        }
        for kind in Kind::ALL.iter().filter(|k| k.is_blocked_row()) {
            assert_eq!(Cause::parse(kind.code()).and_then(|c| Kind::of_cause(Some(c))), Some(*kind));
        }
    }
}
