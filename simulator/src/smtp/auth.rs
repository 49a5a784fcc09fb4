//! Signing in: PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login), inside AUTH (RFC 4954).

use data_encoding::BASE64;

use super::USER;
use super::wire::Reply;

/// What the next line of a sign-in answers.
pub(super) enum Ask {
    /// PLAIN without an initial response.
    Plain,
    /// LOGIN's first question.
    User,
    /// LOGIN's second question.
    Password(String),
}

/// Where a sign-in stands after a line.
pub(super) enum Next {
    /// Ask for another line with this text after `334`.
    More(Ask, &'static str),
    /// Over.
    End(Reply),
}

/// `AUTH mechanism [initial response]`.
pub(super) fn begin(arguments: &str, password: &str) -> Next {
    let (mechanism, initial) = arguments.split_once(' ').unwrap_or((arguments, ""));
    match (mechanism.to_ascii_uppercase().as_str(), initial) {
        ("PLAIN", "") => Next::More(Ask::Plain, ""),
        ("PLAIN", initial) => go_on(Ask::Plain, initial, password),
        // "Username:", as most servers write it; an initial response answers it at once.
        ("LOGIN", "") => Next::More(Ask::User, "VXNlcm5hbWU6"),
        ("LOGIN", initial) => go_on(Ask::User, initial, password),
        _ => Next::End(Reply::new(504, "5.5.4 Unrecognized authentication type")),
    }
}

/// A line that answers a `334`.
pub(super) fn go_on(asked: Ask, line: &str, password: &str) -> Next {
    if line == "*" {
        return Next::End(Reply::new(501, "5.7.0 Authentication cancelled"));
    }
    let decoded = BASE64.decode(line.as_bytes()).ok().and_then(|it| String::from_utf8(it).ok());
    let Some(text) = decoded else {
        return Next::End(Reply::new(501, "5.5.2 Cannot decode this"));
    };
    match asked {
        // "Password:".
        Ask::User => Next::More(Ask::Password(text), "UGFzc3dvcmQ6"),
        Ask::Password(user) => Next::End(judge(&user, &text, password)),
        Ask::Plain => match text.split('\0').collect::<Vec<_>>()[..] {
            // Whom to act for may be left out, or is oneself.
            [act_for, user, given] if act_for.is_empty() || act_for == user => {
                Next::End(judge(user, given, password))
            }
            _ => Next::End(Reply::new(501, "5.5.2 Not a PLAIN message")),
        },
    }
}

fn judge(user: &str, given: &str, password: &str) -> Reply {
    if user.eq_ignore_ascii_case(USER) && given == password {
        Reply::new(235, "2.7.0 Authentication successful")
    } else {
        Reply::new(535, "5.7.8 Authentication credentials invalid")
    }
}
