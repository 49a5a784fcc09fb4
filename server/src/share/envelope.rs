//! What is sealed in a share, and with which keys. Pure: no store, no clock.
//!
//! The token is 128 random bits. HKDF-SHA256 makes three values of it that tell nothing of each
//! other: *id* for looking, *proof* for opening, *key* for the ciphertext.

use data_encoding::BASE64URL_NOPAD;
use shared::{AccountId, CustomerId, Millis, ShareId};
use zeroize::Zeroizing;

use crate::language::Language;
use crate::random;
use crate::seal::{self, Keys, Place, Purpose, SealBroken};
use crate::secret::{Link, LinkToken, Password, SpokenCode};
use crate::store::{Share, ShareStanding};

const TOKEN: &str = "share.token";
const PASSWORD: &str = "share.password";
/// So many wrong unlock codes close a link.
const UNLOCK_TRIES: u32 = 5;

/// The three values that a link's token stands for.
pub struct Derived {
    /// For looking.
    pub id: [u8; 16],
    /// For opening.
    proof: Zeroizing<[u8; 32]>,
    key: Zeroizing<[u8; 32]>,
}

impl Derived {
    /// For opening: who has it has the link.
    #[must_use]
    pub fn proof(&self) -> &[u8; 32] {
        &self.proof
    }

    /// Opens what was sealed for the link, as the page's script does.
    ///
    /// # Errors
    /// When it was sealed for another link.
    pub fn decrypt(&self, ciphertext: &[u8]) -> Result<Password, SealBroken> {
        seal::decrypt(&seal::aes(&self.key), &self.id, ciphertext).map(Password::from)
    }
}

/// What a token stands for. The page's script derives the same.
#[must_use]
pub fn derive(token: &LinkToken) -> Derived {
    Derived {
        id: *seal::derive::<16>(token.expose(), "share id"),
        proof: seal::derive::<32>(token.expose(), "share proof"),
        key: seal::derive::<32>(token.expose(), "share key"),
    }
}

/// What a new share is made of.
pub struct NewShare<'a> {
    /// Whose.
    pub account: AccountId,
    /// Whose brand its page has; the account's own where none is said.
    pub customer: Option<CustomerId>,
    /// What its page speaks; the browser's language where none is known.
    pub language: Option<Language>,
    /// What is shared.
    pub secret: &'a Password,
    /// Whether the secret is replaced at the next sign-in: the page says so.
    pub must_change: bool,
    /// How long it can be opened once the link was sent, in milliseconds.
    pub life_ms: i64,
    /// To be said on the phone before it opens.
    pub unlock: Option<&'a SpokenCode>,
}

/// A new closed share, and nothing in it that could be read without a key.
#[must_use]
pub fn seal(keys: &Keys, new: &NewShare<'_>, now: Millis) -> Share {
    let id = ShareId(random::id(now));
    let token = LinkToken::new(random::bytes::<16>());
    let derived = derive(&token);
    let account = new.account;
    Share {
        id,
        account,
        owner: None,
        customer: new.customer,
        language: new.language,
        must_change: new.must_change,
        look_id: derived.id.to_vec(),
        proof_hash: seal::sha256(derived.proof.as_ref()),
        ciphertext: encrypt(&derived, new.secret),
        state: ShareStanding::Closed,
        life_ms: new.life_ms,
        expires_at: None,
        latest_at: None,
        opened_at: None,
        unlock_hash: new.unlock.map(|code| unlock_hash(keys, derived.id.as_slice(), code)),
        unlock_tries: UNLOCK_TRIES,
        token_sealed: Some(keys.seal(place(account, TOKEN, id), token.expose())),
        password_sealed: Some(
            keys.seal(place(account, PASSWORD, id), new.secret.expose().as_bytes()),
        ),
        late_attempts: 0,
        late_at: None,
        ended_at: None,
        ended_by: None,
    }
}

/// The same link with another password in it: Microsoft refused the first.
///
/// # Errors
/// When the token can't be opened any more.
pub fn reseal_password(
    keys: &Keys,
    share: &Share,
    password: &Password,
) -> Result<Share, SealBroken> {
    let derived = derive(&token(keys, share)?);
    Ok(Share {
        ciphertext: encrypt(&derived, password),
        password_sealed: Some(
            keys.seal(place(share.account, PASSWORD, share.id), password.expose().as_bytes()),
        ),
        ..share.clone()
    })
}

/// The sealed password, for the PATCH.
///
/// # Errors
/// When it was erased or does not open.
pub fn password(keys: &Keys, share: &Share) -> Result<Password, SealBroken> {
    let sealed = share.password_sealed.as_deref().ok_or(SealBroken)?;
    keys.open(place(share.account, PASSWORD, share.id), sealed).map(Password::from)
}

/// The link, for the text. The token stands wholly in the fragment: no server, proxy or log
/// ever sees it.
///
/// # Errors
/// When the token was erased or does not open.
pub fn link(keys: &Keys, share: &Share, origin: &str) -> Result<Link, SealBroken> {
    let token = token(keys, share)?;
    let text = Zeroizing::new(BASE64URL_NOPAD.encode(token.expose()));
    Ok(Link::new(Zeroizing::new(format!("{}/s#{}", origin.trim_end_matches('/'), *text))))
}

/// Keyed hash of an unlock code, bound to the link by what it is looked up by: who opens it has
/// that at hand, and nothing has to be read first.
#[must_use]
pub fn unlock_hash(keys: &Keys, look_id: &[u8], code: &SpokenCode) -> Vec<u8> {
    keys.hash(Purpose::Unlock, &[look_id, code.expose().as_bytes()])
}

fn token(keys: &Keys, share: &Share) -> Result<LinkToken, SealBroken> {
    let sealed = share.token_sealed.as_deref().ok_or(SealBroken)?;
    let clear = Zeroizing::new(keys.open(place(share.account, TOKEN, share.id), sealed)?);
    let bytes: [u8; 16] = clear.as_slice().try_into().map_err(|_| SealBroken)?;
    Ok(LinkToken::new(Zeroizing::new(bytes)))
}

fn encrypt(derived: &Derived, password: &Password) -> Vec<u8> {
    seal::encrypt(&seal::aes(&derived.key), &derived.id, password.expose().as_bytes())
}

fn place(account: AccountId, kind: &'static str, id: ShareId) -> Place<'static> {
    Place { account: account.0, kind, row: id.0, bound_to: "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn sealed() -> (Keys, Share, Password) {
        let keys = Keys::new(&[5; 32]);
        let password = Password::new(Zeroizing::new("Secret-7-word".into()));
        let new = NewShare {
            account: AccountId(Uuid::from_u128(1)),
            customer: None,
            language: None,
            secret: &password,
            must_change: true,
            life_ms: 60_000,
            unlock: None,
        };
        let share = seal(&keys, &new, Millis(0));
        (keys, share, password)
    }

    /// What the page's script does, step by step.
    #[test]
    fn the_link_opens_the_ciphertext_and_nothing_else_does() {
        let (keys, share, password) = sealed();
        let link = link(&keys, &share, "https://s.example/").unwrap();
        let (page, fragment) = link.expose().split_once('#').unwrap();
        assert_eq!((page, fragment.len()), ("https://s.example/s", 22));
        let bytes = BASE64URL_NOPAD.decode(fragment.as_bytes()).unwrap();
        let derived = derive(&LinkToken::new(Zeroizing::new(bytes.try_into().unwrap())));
        assert_eq!(derived.id.as_slice(), share.look_id);
        assert_eq!(seal::sha256(derived.proof.as_ref()), share.proof_hash);
        let clear = derived.decrypt(&share.ciphertext).unwrap();
        assert_eq!(clear.expose(), password.expose());
        // Nothing that is stored shows it.
        for stored in [&share.ciphertext, share.password_sealed.as_ref().unwrap()] {
            assert!(!stored.windows(6).any(|window| window == b"Secret"));
        }
    }

    #[test]
    fn another_password_keeps_the_link() {
        let (keys, share, _) = sealed();
        let other = Password::new(Zeroizing::new("Other".into()));
        let again = reseal_password(&keys, &share, &other).unwrap();
        let text = |share| link(&keys, share, "x").unwrap().expose().to_owned();
        assert_eq!(text(&again), text(&share));
        assert_eq!(super::password(&keys, &again).unwrap().expose(), "Other");
        assert_ne!(again.ciphertext, share.ciphertext);
    }

    #[test]
    fn what_was_erased_is_gone() {
        let (keys, share, _) = sealed();
        let erased = Share { token_sealed: None, password_sealed: None, ..share };
        assert!(link(&keys, &erased, "x").is_err());
        assert!(super::password(&keys, &erased).is_err());
    }
}
