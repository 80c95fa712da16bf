//! Step 3: which part of the school's people the user sees. Leaves what a limit means to `schools::Limits`.

use super::{Desk, Fields};
use crate::schools::{LimitField, Limits};
use crate::security::users::Picture;
use crate::web::Wrongs;

pub fn fill(picture: &Picture) -> Fields {
    let each = picture.limits.each();
    Fields(each.flat_map(|(f, values)| values.iter().map(move |v| (f.code().to_owned(), v.clone()))).collect())
}

/// The values of a field to choose from: those that people have, and those that the user is limited to already.
pub fn values(field: LimitField, picture: &Picture, desk: &Desk) -> Vec<(String, String)> {
    let mut all = desk.places(field);
    let gone = picture.limits.values(field).iter().filter(|v| !all.iter().any(|(held, _)| held == *v));
    let gone: Vec<_> = gone.map(|v| (v.clone(), v.clone())).collect();
    all.extend(gone);
    all
}

pub fn read(fields: &Fields, picture: &mut Picture, desk: &Desk) -> Wrongs {
    let mut wrongs = Wrongs::default();
    let mut pairs = Vec::new();
    for &field in LimitField::ALL {
        let known = values(field, picture, desk);
        for value in fields.all(field.code()) {
            if known.iter().any(|(v, _)| v == value) {
                pairs.push((field, value.to_owned()));
            } else {
                wrongs.add(
                    field.code(),
                    format!("{} {value} is not one of the school's. Choose from the list", field.word()),
                );
            }
        }
    }
    if wrongs.is_empty() {
        picture.limits = Limits::of(pairs);
    }
    wrongs
}
