//! Who opens the link at once, and with what.

use std::fmt;
use std::net::SocketAddr;

use data_encoding::BASE64URL_NOPAD;
use serde_json::json;
use server::seed::Link;
use server::share::derive;

use super::rush::Request;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// So many devices with the link.
    Plain,
    /// The link has an unlock code, and all of them know it.
    RightCodes,
    /// One of them knows it.
    WrongCodes,
    /// Half of the requests are one device's: it taps again and again.
    OneDeviceOften,
    /// A technician gives the reset up at the same moment.
    Revoked,
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "no code",
            Self::RightCodes => "right codes",
            Self::WrongCodes => "wrong codes but one",
            Self::OneDeviceOften => "one device often",
            Self::Revoked => "revoked meanwhile",
        })
    }
}

impl Variant {
    pub(crate) const ALL: [Self; 5] =
        [Self::Plain, Self::RightCodes, Self::WrongCodes, Self::OneDeviceOften, Self::Revoked];

    pub(crate) fn has_code(self) -> bool {
        matches!(self, Self::RightCodes | Self::WrongCodes)
    }

    /// Those who tap Reveal, in no order.
    pub(crate) fn openers(self, count: usize, unlock: &str) -> Vec<Opener> {
        let wrong = if unlock == "000000" { "111111" } else { "000000" };
        let nonce = || *server::random::bytes::<16>();
        let often = nonce();
        (0..count)
            .map(|nth| Opener {
                nonce: match self {
                    Self::OneDeviceOften if nth % 2 == 0 => often,
                    _ => nonce(),
                },
                code: match self {
                    Self::RightCodes => Some(unlock.to_owned()),
                    Self::WrongCodes if nth == 0 => Some(unlock.to_owned()),
                    Self::WrongCodes => Some(wrong.to_owned()),
                    _ => None,
                },
                knows_the_code: self != Self::WrongCodes || nth == 0,
            })
            .collect()
    }
}

/// A device and what its owner types.
#[derive(Clone)]
pub(crate) struct Opener {
    pub(crate) nonce: [u8; 16],
    code: Option<String>,
    pub(crate) knows_the_code: bool,
}

impl Opener {
    /// Another device, without a code.
    pub(crate) fn new() -> Self {
        Self { nonce: *server::random::bytes::<16>(), code: None, knows_the_code: false }
    }

    /// What the page's script sends after the tap.
    pub(crate) fn tap(&self, link: &Link, at: SocketAddr) -> Request {
        let derived = derive(&link.token);
        let mut ask = json!({
            "id": BASE64URL_NOPAD.encode(&derived.id),
            "proof": BASE64URL_NOPAD.encode(derived.proof()),
            "nonce": BASE64URL_NOPAD.encode(&self.nonce),
        });
        if let Some(code) = &self.code {
            ask["code"] = code.as_str().into();
        }
        Request::to_share(at, "POST", "/s/open", ask.to_string())
    }
}

/// What the page's script asks before the tap.
pub(crate) fn look(link: &Link, at: SocketAddr) -> Request {
    let ask = json!({ "id": BASE64URL_NOPAD.encode(&derive(&link.token).id) });
    Request::to_share(at, "POST", "/s/look", ask.to_string())
}

/// Whether the answer holds the link's password, for who has the link.
pub(crate) fn reveals(link: &Link, body: &serde_json::Value) -> bool {
    let sealed = body["sealed"].as_str().unwrap_or_default();
    let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).unwrap_or_default();
    let clear = derive(&link.token).decrypt(&sealed);
    clear.is_ok_and(|clear| clear.expose() == link.password.expose())
}
