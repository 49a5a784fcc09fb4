//! Technicians' passwords: argon2id as OWASP advises (19 MiB, two passes, one lane), one at a
//! time, because each takes its 19 MiB and a core.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::{Refused, Typed};
use crate::random;

/// At least so many characters; length is the one rule that helps (NIST SP 800-63B).
pub const SHORTEST: usize = 12;
/// At most so many bytes: nobody types more, and hashing them is our work.
pub const LONGEST: usize = 256;

/// One hash at a time in this process: memory and a core are ours to ration, not a stranger's.
static TURN: Semaphore = Semaphore::const_new(1);

fn argon2() -> Result<Argon2<'static>, Refused> {
    let params = Params::new(19 * 1024, 2, 1, None)
        .map_err(|_| Refused::Ours("argon2 takes these parameters"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Runs `work` off the async threads, when it is its turn.
async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    let turn = TURN.acquire().await.map_err(|_| Refused::Ours("the turn is never closed"))?;
    // The turn goes along: a request that is given up does not start a second hash beside it.
    let ended = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    })
    .await;
    ended.map_err(|_| Refused::Ours("hashing ends"))?
}

/// Whether a new password will do.
///
/// # Errors
/// [`Refused::BadPassword`] with a sentence for the person who chose it.
pub fn fit(password: &Typed) -> Result<(), Refused> {
    let text = password.expose();
    if text.chars().count() < SHORTEST {
        return Err(Refused::BadPassword("Choose a password of at least 12 characters."));
    }
    if text.len() > LONGEST {
        return Err(Refused::BadPassword("Choose a password of at most 256 characters."));
    }
    let first = text.chars().next();
    if text.chars().all(|c| Some(c) == first) {
        return Err(Refused::BadPassword(
            "Choose a password that is more than one character repeated.",
        ));
    }
    Ok(())
}

/// The PHC string to keep for a password.
///
/// # Errors
/// When argon2 does not work; never because of the password.
pub async fn hash(password: &Typed) -> Result<String, Refused> {
    let password = Arc::new(zeroize::Zeroizing::new(password.expose().to_owned()));
    in_turn(move || {
        let salt = random::bytes::<16>();
        let hash = argon2()?
            .hash_password_with_salt(password.as_bytes(), salt.as_ref())
            .map_err(|_| Refused::Ours("argon2 hashes"))?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the password is the one that `hash` was made of. Where there is no hash (nobody, or
/// nobody yet), one is computed all the same: time must not tell who has an account.
pub(super) async fn check(password: &Typed, hash: Option<String>) -> Result<bool, Refused> {
    if password.expose().len() > LONGEST {
        return Ok(false);
    }
    let password = Arc::new(zeroize::Zeroizing::new(password.expose().to_owned()));
    in_turn(move || match hash {
        Some(hash) => Ok(argon2()?.verify_password(password.as_bytes(), hash.as_str()).is_ok()),
        None => {
            let salt = random::bytes::<16>();
            let mut out = [0; 32];
            argon2()?
                .hash_password_into(password.as_bytes(), salt.as_ref(), &mut out)
                .map_err(|_| Refused::Ours("argon2 hashes"))?;
            Ok(false)
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Typed {
        Typed::new(text.into())
    }

    #[tokio::test]
    async fn the_right_password_and_no_other() {
        let hash = hash(&typed("correct horse battery")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(check(&typed("correct horse battery"), Some(hash.clone())).await.unwrap());
        assert!(!check(&typed("correct horse batterz"), Some(hash.clone())).await.unwrap());
        assert!(!check(&typed(""), Some(hash)).await.unwrap());
        assert!(!check(&typed("anything"), None).await.unwrap());
        assert!(!check(&typed("anything"), Some("not a hash".into())).await.unwrap());
    }

    #[test]
    fn length_is_the_rule() {
        for (text, good) in [
            ("elevenchars", false),
            ("twelve chars", true),
            ("äöüäöüäöüäöü", true),
            ("aaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(fit(&typed(text)).is_ok(), good, "{text}");
        }
        assert!(fit(&typed(&"ab".repeat(129))).is_err());
    }
}
