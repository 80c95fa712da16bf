//! Passwords: Argon2id hashes, and whether a new password is strong enough.
//! Leaves when a guess is evaluated at all to `security::throttle`.

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::AppError;

/// 19 MiB, two passes, one lane: OWASP's first choice.
fn argon2id() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap_or_default())
}

/// Hashing is slow and takes 19 MiB each time: so many at once and no more, off the async threads.
#[derive(Clone)]
pub struct Hashing {
    permits: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        Hashing { permits: Arc::new(Semaphore::new(2)) }
    }
}

impl Hashing {
    /// Whether the password is the hash's. Without a hash (unknown user) as much work is done, and the answer is no.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, AppError> {
        self.run(move || {
            let real = hash.is_some();
            let hash = hash.unwrap_or_else(|| decoy().to_owned());
            let Ok(parsed) = PasswordHash::new(&hash) else { return Ok(false) };
            Ok(argon2id().verify_password(password.as_bytes(), &parsed).is_ok() && real)
        })
        .await
    }

    pub async fn hash(&self, password: String) -> Result<String, AppError> {
        self.run(move || hash_now(&password)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        f: impl FnOnce() -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|e| AppError::internal("hashing", &e))?;
        actix_web::web::block(move || {
            let result = f();
            drop(permit);
            result
        })
        .await
        .map_err(|e| AppError::internal("hashing", &e))?
    }
}

/// Hashes on this thread: for the command line, which has no visitors to keep waiting.
pub fn hash_now(password: &str) -> Result<String, AppError> {
    argon2id()
        .hash_password(password.as_bytes())
        .map(|h| h.to_string())
        .map_err(|e| AppError::internal("hashing a password", &e))
}

/// A hash that no password has, with the same cost as a real one.
fn decoy() -> &'static str {
    static DECOY: OnceLock<String> = OnceLock::new();
    DECOY.get_or_init(|| hash_now(&crate::security::random_token()).unwrap_or_default())
}

/// Why a password is not good enough, as a sentence; None when it is.
pub fn weakness(password: &str, user_inputs: &[&str]) -> Option<String> {
    let length = password.chars().count();
    if length == 0 {
        return Some("Type a password of at least 12 characters; four words are easy to remember".into());
    }
    if length < 12 {
        let s = if length == 1 { "" } else { "s" };
        return Some(format!(
            "The password has {length} character{s}. Take at least 12; four words are easy to remember"
        ));
    }
    if length > 200 {
        return Some("The password is longer than 200 characters".into());
    }
    let judged = zxcvbn::zxcvbn(password, user_inputs);
    (judged.score() < zxcvbn::Score::Three)
        .then(|| "This password is easy to guess. Take words that do not belong together".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_common_passwords_are_refused_with_a_reason() {
        assert!(weakness("tiny", &[]).is_some_and(|w| w.contains("12")));
        assert!(weakness("passwordpassword", &[]).is_some());
        assert!(weakness("rosa.okafor1", &["rosa.okafor", "registrar"]).is_some());
        assert_eq!(weakness("velvet-tractor-omelette-9", &["rosa"]), None);
    }

    #[actix_web::test]
    async fn only_the_right_password_verifies_and_nobody_has_the_decoy() {
        let hashing = Hashing::default();
        let hash = hash_now("velvet-tractor").unwrap_or_default();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(hashing.verify("velvet-tractor".into(), Some(hash.clone())).await.ok(), Some(true));
        assert_eq!(hashing.verify("velvet-tractox".into(), Some(hash)).await.ok(), Some(false));
        assert_eq!(hashing.verify("velvet-tractor".into(), None).await.ok(), Some(false));
    }
}
