//! A change: what is to be done to one person, all of it: fields, ID, groups, relationships. It says what it expects
//! to find, so that a plan gone stale is noticed. Leaves keeping it to `runs::stored`, carrying it out to `runs::apply`.

use super::key::SourceKey;
use super::merge::Merge;
use crate::groups::{Category, Placeholder};
use crate::integration_ids::IdValue;
use crate::integrations::IntegrationId;
use crate::people::{Biographic, FieldChange, PersonId};

#[derive(Debug, Clone)]
pub struct Change {
    pub who: Who,
    /// From and to, of somebody who is held; a new person's are in `who`.
    pub fields: Vec<FieldChange>,
    /// The source's key of the person: linked where it is not yet.
    pub key: Option<SourceKey>,
    /// What the source's row comes to (`source_links.row_hash`); None clears it.
    pub row_hash: Option<i64>,
    pub id: Option<IdStep>,
    pub groups: Vec<GroupStep>,
    pub relations: Vec<RelationStep>,
    /// Changes of one unit are carried out, left out and undone together: a swap of IDs, a chain.
    pub unit: Option<i64>,
    /// Groups of the school's own, by a Group Membership list.
    pub lists: Vec<ListStep>,
    /// Two records become one, or are two again.
    pub merge: Option<Box<Merge>>,
}

#[derive(Debug, Clone)]
pub enum Who {
    New(Box<Biographic>),
    Held(PersonId),
}

/// An integration ID from and to. A value is never updated: the one is removed, then the other added.
#[derive(Debug, Clone)]
pub struct IdStep {
    pub integration: IntegrationId,
    pub before: Option<IdValue>,
    pub after: Option<IdValue>,
    /// The version of the specification that made it.
    pub spec_version: Option<i32>,
}

/// Joins or leaves a group that the sync keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupStep {
    pub joins: bool,
    pub group: Placeholder,
}

/// Joins or leaves a group of the school's own, which the list names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListStep {
    pub joins: bool,
    pub category: Category,
    pub name: String,
}

/// A guardian's relationship to a student, who may be made by the same run: so the student is named by the source's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RelationStep {
    pub adds: bool,
    /// `SourceKey::norm` among the students.
    pub student: String,
    pub kind: String,
}

crate::text_enum! {
    Verb {
        Create = "create", "Added the person";
        Update = "update", "Changed";
        AddId = "add_id", "Added an ID";
        RemoveId = "remove_id", "Removed an ID";
        Belong = "belong", "Changed groups or relationships";
        Link = "link", "Linked to the source";
        Merge = "merge", "Merged";
        Separate = "separate", "Separated again";
    }
}

impl Verb {
    /// Whether it edits the person: what an undo of something earlier keeps and names.
    pub const EDITS: [Verb; 3] = [Verb::Update, Verb::Merge, Verb::Separate];

    pub fn is_edit(self) -> bool {
        Verb::EDITS.contains(&self)
    }
}

impl Change {
    pub fn create(bio: Biographic, key: Option<SourceKey>) -> Change {
        Change { key, ..Change::of(Who::New(Box::new(bio))) }
    }

    pub fn update(person: PersonId, fields: Vec<FieldChange>) -> Change {
        Change { fields, ..Change::of(Who::Held(person)) }
    }

    pub fn add_id(person: PersonId, integration: IntegrationId, value: IdValue) -> Change {
        let id = IdStep { integration, before: None, after: Some(value), spec_version: None };
        Change { id: Some(id), ..Change::of(Who::Held(person)) }
    }

    pub fn remove_id(person: PersonId, integration: IntegrationId, value: IdValue) -> Change {
        let id = IdStep { integration, before: Some(value), after: None, spec_version: None };
        Change { id: Some(id), ..Change::of(Who::Held(person)) }
    }

    /// Nothing yet of somebody.
    pub fn of(who: Who) -> Change {
        Change {
            who,
            fields: Vec::new(),
            key: None,
            row_hash: None,
            id: None,
            groups: Vec::new(),
            relations: Vec::new(),
            unit: None,
            lists: Vec::new(),
            merge: None,
        }
    }

    pub fn held(&self) -> Option<PersonId> {
        match self.who {
            Who::Held(person) => Some(person),
            Who::New(_) => None,
        }
    }

    /// What a list calls it: the most telling of its parts.
    pub fn verb(&self) -> Verb {
        match (&self.who, &self.id) {
            (Who::New(_), _) => Verb::Create,
            _ if self.merge.is_some() => self.merge.as_ref().map_or(Verb::Merge, |m| m.verb()),
            _ if !self.fields.is_empty() => Verb::Update,
            (_, Some(IdStep { after: Some(_), .. })) => Verb::AddId,
            (_, Some(_)) => Verb::RemoveId,
            _ if !self.groups.is_empty() || !self.lists.is_empty() || !self.relations.is_empty() => Verb::Belong,
            _ => Verb::Link,
        }
    }

    /// Whether carrying it out would change nothing that anybody sees.
    pub fn is_nothing(&self) -> bool {
        self.verb() == Verb::Link && self.key.is_none()
    }
}
