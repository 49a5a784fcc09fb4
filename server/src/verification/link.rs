//! A verification's link: what its token stands for, and where it leads. Pure.
//!
//! The token is 128 random bits in the fragment: no server, proxy or log sees it. The page's script
//! derives an *id* for looking and a *proof* for answering from it; here only the id and a hash of
//! the proof are kept. Neither leads back to the token, and none of the three to the two digits.

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::random;
use crate::seal::{self, sha256};
use crate::secret::Link;

/// A new link, as it is sent and as it is kept.
pub(super) struct NewLink {
    token: Zeroizing<[u8; 16]>,
    /// What its page is looked up by.
    pub(super) look_id: Vec<u8>,
    /// Hash of what shows that somebody holds it.
    pub(super) proof_hash: Vec<u8>,
}

/// Makes one.
#[must_use]
pub(super) fn new_link() -> NewLink {
    let token = random::bytes::<16>();
    let look_id = seal::derive::<16>(token.as_ref(), "verify id").to_vec();
    let proof_hash = sha256(seal::derive::<32>(token.as_ref(), "verify proof").as_ref());
    NewLink { token, look_id, proof_hash }
}

impl NewLink {
    /// The link, for its one message.
    #[must_use]
    pub(super) fn at(&self, origin: &str) -> Link {
        let text = Zeroizing::new(BASE64URL_NOPAD.encode(self.token.as_ref()));
        Link::new(Zeroizing::new(format!("{}/v#{}", origin.trim_end_matches('/'), *text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the page's script does, step by step.
    #[test]
    fn the_fragment_leads_to_what_is_kept() {
        let new = new_link();
        let link = new.at("https://s.example/");
        let (page, fragment) = link.expose().split_once('#').unwrap();
        assert_eq!((page, fragment.len()), ("https://s.example/v", 22));
        let token = BASE64URL_NOPAD.decode(fragment.as_bytes()).unwrap();
        assert_eq!(*seal::derive::<16>(&token, "verify id").as_ref(), new.look_id);
        assert_eq!(sha256(seal::derive::<32>(&token, "verify proof").as_ref()), new.proof_hash);
        assert_ne!(new_link().look_id, new.look_id);
        // A share's link and this one have nothing in common, whatever the token.
        assert_ne!(*seal::derive::<16>(&token, "share id").as_ref(), new.look_id);
    }
}
