//! Step 1: who it is. The temporary password is read by `wizard::pages`, which keeps nothing of it but a hash.

use super::{Desk, Fields};
use crate::security::users::{Grants, Picture};
use crate::security::{Profile, ProfileOf, UserName, name_fault};
use crate::web::Wrongs;

/// The fields in the order of the page.
pub const ORDER: [&str; 5] = ["user_id", "name", "email", "password", "profile"];

pub fn fill(picture: &Picture) -> Fields {
    Fields::default()
        .with("user_id", &picture.user_id)
        .with("name", &picture.name)
        .with("email", &picture.email)
        .with("profile", picture.profile.code())
}

/// The profiles to choose from, and the one that the user has. Support belongs to no school, so no school makes one.
pub fn profiles(desk: &Desk, picture: &Picture) -> Vec<ProfileOf> {
    let built = Profile::ALL.iter().filter(|p| !matches!(p, Profile::Support | Profile::Own));
    let own = desk.own_profiles.iter().cloned().map(ProfileOf::own);
    let mut all: Vec<ProfileOf> = built.map(|p| ProfileOf::built(*p)).chain(own).collect();
    if !all.iter().any(|p| p.code() == picture.profile.code()) {
        all.push(picture.profile.clone());
    }
    all
}

pub fn read(fields: &Fields, picture: &mut Picture, desk: &Desk) -> Wrongs {
    let mut wrongs = Wrongs::default();
    if desk.is_new {
        match UserName::parse(fields.get("user_id")) {
            Ok(user_id) => picture.user_id = user_id.as_str().to_owned(),
            Err(e) => wrongs.add("user_id", e.to_string()),
        }
    }
    let name = fields.get("name").trim();
    if name.is_empty() {
        wrongs.add("name", "Type the name of the user, as others should read it");
    } else if name.chars().count() > 100 || name.contains(char::is_control) {
        wrongs.add("name", "A name has at most 100 letters, on one line");
    } else if let Some(fault) = name_fault(name) {
        wrongs.add("name", fault);
    } else {
        picture.name = name.to_owned();
    }
    let email = fields.get("email").trim();
    if email.is_empty() || is_email(email) {
        picture.email = email.to_owned();
    } else {
        wrongs.add(
            "email",
            format!("{email} is not an e-mail address. It looks like name@school.example, or leave it empty"),
        );
    }
    let chosen = profiles(desk, picture).into_iter().find(|p| p.code() == fields.get("profile"));
    match chosen {
        Some(profile) => picture.profile = profile,
        None => wrongs.add("profile", "Choose a profile"),
    }
    if desk.is_new {
        picture.grants = Grants::of_profile(&picture.profile);
    }
    wrongs
}

/// Only so much that a mistake shows: whether it arrives, nobody can tell from its letters.
fn is_email(text: &str) -> bool {
    let fits = text.len() <= 254 && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    fits && text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_a_name_and_a_host() {
        assert!(is_email("a.b@school.example"));
        for bad in ["a", "a@b", "@b.c", "a b@c.d", "a@b@c.d", "a@.b"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
