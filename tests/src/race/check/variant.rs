//! What is answered at once.

use std::fmt;
use std::net::SocketAddr;

use data_encoding::BASE64URL_NOPAD;
use serde_json::json;
use server::seed::Check;
use shared::Channel;

use crate::race::rush::Request;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    /// All of them know the code.
    RightCodes,
    /// None does.
    WrongCodes,
    /// One of them does.
    OneRightCode,
    /// All of them enter the link's two digits.
    RightDigits,
    /// None does.
    WrongDigits,
    /// All of them do, and one says that it was not them.
    Denied,
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RightCodes => "right codes",
            Self::WrongCodes => "wrong codes",
            Self::OneRightCode => "wrong codes but one",
            Self::RightDigits => "right digits",
            Self::WrongDigits => "wrong digits",
            Self::Denied => "denied meanwhile",
        })
    }
}

impl Variant {
    pub(super) const ALL: [Self; 6] = [
        Self::RightCodes,
        Self::WrongCodes,
        Self::OneRightCode,
        Self::RightDigits,
        Self::WrongDigits,
        Self::Denied,
    ];

    pub(super) fn channel(self) -> Channel {
        match self {
            Self::RightCodes | Self::WrongCodes | Self::OneRightCode => Channel::SmsCode,
            Self::RightDigits | Self::WrongDigits | Self::Denied => Channel::SmsLink,
        }
    }

    /// How often it may be tried.
    pub(super) fn tries(self) -> u32 {
        if self.channel() == Channel::SmsCode { 5 } else { 2 }
    }

    /// What each of so many says, the odd one first.
    pub(super) fn answers(self, count: usize, check: &Check) -> Vec<Said> {
        let wrong = |nth: usize| {
            let right: usize = check.answer.parse().unwrap();
            let width = check.answer.len();
            let other = (right + 1 + nth) % 10_usize.pow(u32::try_from(width).unwrap());
            Said::Digits(format!("{other:0width$}"))
        };
        (0..count)
            .map(|nth| match self {
                Self::Denied if nth == 0 => Said::NotMe,
                Self::OneRightCode if nth == 0 => Said::Digits(check.answer.clone()),
                Self::RightCodes | Self::RightDigits | Self::Denied => {
                    Said::Digits(check.answer.clone())
                }
                Self::WrongCodes | Self::OneRightCode => wrong(nth),
                // Two digits are few: never the right ones.
                Self::WrongDigits => wrong(nth % 98),
            })
            .collect()
    }
}

/// What somebody says.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Said {
    Digits(String),
    NotMe,
}

impl Said {
    /// As the pod or the page sends it.
    pub(super) fn ask(&self, check: &Check, at: SocketAddr, bearer: &str, by: Channel) -> Request {
        if by == Channel::SmsCode {
            let Self::Digits(code) = self else { unreachable!() };
            let path = format!("/api/verifications/{}/answer", check.id);
            let body = json!({ "code": code }).to_string();
            return Request::to_api(at, "POST", &path, bearer, body);
        }
        let mut ask = json!({
            "id": BASE64URL_NOPAD.encode(&check.look_id),
            "proof": BASE64URL_NOPAD.encode(&check.proof),
        });
        match self {
            Self::NotMe => Request::to_share(at, "POST", "/v/deny", ask.to_string()),
            Self::Digits(digits) => {
                ask["digits"] = digits.as_str().into();
                Request::to_share(at, "POST", "/v/answer", ask.to_string())
            }
        }
    }
}
