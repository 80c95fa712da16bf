//! Where each field of a person comes from: the change that set it, who pinned it, what the newest plan would make of it.
//! Pure over the history; leaves reading that to `runs`, and drawing it to `people::pages::origins`.

use std::collections::HashMap;

use super::biographic::{Biographic, Field, FieldChange};
use super::pin::Pin;

/// A field with its story. `C` is whatever tells of a change: its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin<C> {
    pub field: Field,
    /// As it stands now.
    pub value: Option<String>,
    /// The newest change that set it; None where it was never filled, or before the history begins.
    pub set_by: Option<C>,
    pub pin: Option<Pin>,
    /// What a plan that waits would make of it.
    pub would_be: Option<FieldChange>,
}

/// All fields that hold something, were ever set, or would be. `history` is newest first.
pub fn origins<C: Clone>(
    bio: &Biographic,
    history: &[(C, Vec<FieldChange>)],
    pins: &HashMap<Field, Pin>,
    waiting: &[FieldChange],
) -> Vec<Origin<C>> {
    Field::ALL
        .iter()
        .map(|&field| Origin {
            field,
            value: bio.get(field),
            set_by: history.iter().find(|(_, steps)| steps.iter().any(|s| s.field == field)).map(|(c, _)| c.clone()),
            pin: pins.get(&field).cloned(),
            would_be: waiting.iter().find(|c| c.field == field).cloned(),
        })
        .filter(|o| o.value.is_some() || o.set_by.is_some() || o.would_be.is_some())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn step(field: Field, after: Option<&str>) -> FieldChange {
        FieldChange { field, before: None, after: after.map(str::to_owned) }
    }

    fn story(bio: &Biographic, history: &[(u32, Vec<FieldChange>)]) -> Vec<Origin<u32>> {
        origins(bio, history, &HashMap::new(), &[])
    }

    #[test]
    fn the_newest_change_of_a_field_tells_of_it_and_an_empty_field_that_nobody_set_is_left_out() {
        let bio = Biographic { last_name: "Berg".into(), phone: None, ..Biographic::default() };
        let history = [
            (3, vec![step(Field::Phone, None)]),
            (2, vec![step(Field::LastName, Some("Berg")), step(Field::Phone, Some("1"))]),
            (1, vec![step(Field::LastName, Some("Bergh"))]),
        ];
        let all = story(&bio, &history);
        let of = |field| all.iter().find(|o| o.field == field).map(|o| (o.value.clone(), o.set_by));
        assert_eq!(of(Field::LastName), Some((Some("Berg".into()), Some(2))));
        assert_eq!(of(Field::Phone), Some((None, Some(3))), "who emptied it is told as well");
        assert_eq!(of(Field::Email), None);
        assert_eq!(of(Field::Status).map(|o| o.1), Some(None), "it holds something from before the history");
    }

    proptest! {
        #[test]
        fn whatever_happened_each_field_is_told_once_and_by_the_newest_of_its_changes(
            touched in proptest::collection::vec(proptest::collection::vec(0..Field::ALL.len(), 0..4), 0..8),
        ) {
            let history: Vec<(u32, Vec<FieldChange>)> = (0..)
                .zip(&touched)
                .map(|(n, fields)| (n, fields.iter().map(|f| step(Field::ALL[*f], Some("x"))).collect()))
                .collect();
            let all = story(&Biographic::default(), &history);
            for (place, field) in Field::ALL.iter().enumerate() {
                let told: Vec<_> = all.iter().filter(|o| o.field == *field).collect();
                prop_assert!(told.len() <= 1);
                let newest = touched.iter().position(|fields| fields.contains(&place)).and_then(|n| u32::try_from(n).ok());
                prop_assert_eq!(told.first().and_then(|o| o.set_by), newest);
            }
        }
    }
}
