//! Values that must never be seen. They have no `Debug`, `Display` or `Serialize`, so they can't
//! get into a log, a reply or a panic message, and they are wiped when dropped (P8).

use zeroize::Zeroizing;

/// A password on its way to Microsoft and into its seal.
pub struct Password(Zeroizing<String>);

/// A credential of ours at another company: client secret, auth token.
pub struct Credential(Zeroizing<String>);

/// A link with its token: who has it can open it.
pub struct Link(Zeroizing<String>);

/// The 128 random bits behind a link.
pub struct LinkToken(Zeroizing<[u8; 16]>);

/// A code that somebody says on the phone.
pub struct SpokenCode(Zeroizing<String>);

macro_rules! text_secret {
    ($($name:ident),+) => {$(
        impl $name {
            /// Takes the text over.
            #[must_use]
            pub fn new(text: Zeroizing<String>) -> Self {
                Self(text)
            }

            /// The clear text, for the one act that needs it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl From<Vec<u8>> for $name {
            fn from(bytes: Vec<u8>) -> Self {
                let bytes = Zeroizing::new(bytes);
                Self(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()))
            }
        }
    )+};
}
text_secret!(Password, Credential, Link, SpokenCode);

impl LinkToken {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: Zeroizing<[u8; 16]>) -> Self {
        Self(bytes)
    }

    /// The raw bytes, for deriving and sealing.
    #[must_use]
    pub fn expose(&self) -> &[u8; 16] {
        &self.0
    }
}
