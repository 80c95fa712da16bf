//! The seal of an entry: HMAC-SHA256 over the seal before it, its number and everything that the row holds.
//! Leaves the key's file to `key`, writing seals to `sealer` and checking them to `chain`.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::key::Key;
use super::source::Source;
use super::stored::StoredEntry;
use crate::security::hex;

/// A seal as it is kept: the key's fingerprint, a dot, the HMAC. Without the key nobody can make one.
pub fn seal(key: &Key, source: Source, before: &str, number: i64, e: &StoredEntry) -> String {
    let mut words = Words(Vec::with_capacity(256));
    words.text("crosswalk audit 1");
    words.text(source.code());
    words.text(before);
    words.number(Some(number));
    words.number(Some(e.id));
    words.number(e.school.map(|s| s.0));
    words.number(Some(e.at.and_utc().timestamp_micros()));
    words.number(e.actor_user);
    words.text(&e.actor_name);
    words.text(&e.action);
    words.text(&e.subject);
    words.number(e.person.map(|p| p.0));
    words.maybe(e.request.as_deref());
    format!("{}.{}", key.fingerprint(), hex(&hmac(key.bytes(), &words.0)))
}

pub(super) fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length: there is no error to meet here.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// Values one after the other, each with its length, so that no two rows give the same bytes.
struct Words(Vec<u8>);

impl Words {
    fn text(&mut self, text: &str) {
        self.maybe(Some(text));
    }

    fn maybe(&mut self, text: Option<&str>) {
        let Some(text) = text else { return self.0.push(0) };
        self.0.push(1);
        self.0.extend_from_slice(&(text.len() as u64).to_be_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, number: Option<i64>) {
        let Some(number) = number else { return self.0.push(0) };
        self.0.push(1);
        self.0.extend_from_slice(&number.to_be_bytes());
    }
}
