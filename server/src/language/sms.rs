//! Text messages to end users: one segment each, from whom it is first, never a name beside a
//! password's link. Pure.

use zeroize::Zeroizing;

use super::Language;
use super::fill::{Piece, fill, pieces};
use super::when::short_span;
use crate::brand::Brand;
use crate::brand::text::unseen;
use crate::gsm::{self, SEGMENT};
use shared::Millis;

/// A brand's name gets so many characters at most.
const BRAND_MOST: usize = 40;
/// And so many at least, before other words are chosen; a shorter one all of its own.
const BRAND_LEAST: usize = 16;
/// What a link has after its origin: `/s#` and 22 characters.
const LINK_AFTER_ORIGIN: usize = 25;
/// The longest origin of links with which each of our texts is one segment and says whom it is
/// from: `https://` and a host name of 40 characters.
pub const LONGEST_ORIGIN: usize = 48;

/// Why an MSP's own text for links can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// The link is missing, or there twice.
    #[error("{{link}} must be in it, once")]
    Link,
    /// The link stands first, last, or has something stuck to it.
    #[error(
        "words must stand before and after {{link}}, with a blank between: some phones open a link \
         at either end of a text for a preview"
    )]
    Edge,
    /// Something else that phones make a link of.
    #[error("\"{0}\" would be a link of its own on many phones; only {{link}} may be one")]
    OtherLink(String),
    /// Braces that stand for nothing here.
    #[error("only {{brand}}, {{link}} and {{time}} are filled in; no other braces may be in it")]
    Placeholder,
    /// A character that a plain text message has nothing for.
    #[error("\"{0}\" is a character that would double the price of the text: it can't be sent")]
    Character(char),
    /// Too long for one segment.
    #[error(
        "it is {0} characters too long for one text message, with a brand name of {least} \
         characters and the longest {{time}}",
        least = BRAND_LEAST
    )]
    TooLong(usize),
}

/// The text with a link to a new password: the MSP's own words where it has some that can be sent,
/// otherwise ours.
#[must_use]
pub fn link(brand: &Brand, language: Language, link: &str, life_ms: i64) -> Zeroizing<String> {
    let (time, short) = (language.span(life_ms), short_span(life_ms));
    let (long, short) = ([("link", link), ("time", &time)], [("link", link), ("time", &short)]);
    let own = brand.texts(language).sms;
    // Saved before the host's name grew, or before we looked so closely.
    let own = Some(own.trim()).filter(|own| !own.is_empty() && sound(own).is_ok());
    let ours = language.phrases().sms;
    let name = brand.name();
    own.and_then(|own| compose(own, &long, name, BRAND_LEAST))
        .or_else(|| compose(ours.link, &long, name, BRAND_LEAST))
        .or_else(|| compose(ours.link_short, &short, name, BRAND_LEAST))
        .or_else(|| compose(ours.link_short, &short, name, 0))
        // An origin longer than the settings allow: better two segments than no link.
        .unwrap_or_else(|| with_brand(ours.link_short, &short, name, BRAND_LEAST))
}

/// Our own words for the text with a link, for whoever writes their own.
#[must_use]
pub fn ours(language: Language) -> &'static str {
    language.phrases().sms.link
}

/// The text to another phone of the person: no link, no code, nothing to tap.
#[must_use]
pub fn notice(brand: &Brand, language: Language, at: Millis) -> Zeroizing<String> {
    plain(language.phrases().sms.notice, ("at", &language.at(at)), brand)
}

/// The text with a verification's code.
#[must_use]
pub fn code(brand: &Brand, language: Language, code: &str) -> Zeroizing<String> {
    plain(language.phrases().sms.code, ("code", code), brand)
}

/// The text with a verification's link.
#[must_use]
pub fn check_link(
    brand: &Brand,
    language: Language,
    link: &str,
    life_ms: i64,
) -> Zeroizing<String> {
    let (time, short) = (language.span(life_ms), short_span(life_ms));
    let (long, short) = ([("link", link), ("time", &time)], [("link", link), ("time", &short)]);
    let ours = language.phrases().sms;
    let name = brand.name();
    compose(ours.check, &long, name, BRAND_LEAST)
        .or_else(|| compose(ours.check_short, &short, name, BRAND_LEAST))
        .or_else(|| compose(ours.check_short, &short, name, 0))
        .unwrap_or_else(|| with_brand(ours.check_short, &short, name, BRAND_LEAST))
}

/// Whether an MSP's own text for links can be saved: it will be one segment with every time, with
/// links of this origin (the longest that the account may use) and a brand name of 16 characters; a
/// longer name is cut. An empty one can: it means ours.
///
/// # Errors
/// Why it can't, in words for an admin.
pub fn check(template: &str, language: Language, origin: &str) -> Result<(), BadTemplate> {
    let template = template.trim();
    if template.is_empty() {
        return Ok(());
    }
    sound(template)?;
    let template = &*gsm::fold(template);
    let link = "x".repeat(origin.trim_end_matches('/').len() + LINK_AFTER_ORIGIN);
    let brand = "x".repeat(BRAND_LEAST);
    let spans = [1, 59, 60, 119, 24 * 60].map(|minutes| language.span(minutes * 60_000));
    let time = spans.iter().max_by_key(|span| span.len()).map_or("", String::as_str);
    let values = [("link", link.as_str()), ("time", time), ("brand", &brand)];
    match septets(template, &values) {
        Some(length) if length > SEGMENT => Err(BadTemplate::TooLong(length - SEGMENT)),
        _ => Ok(()),
    }
}

/// Whether a template says what it must, whatever is filled in. Looked at as it will be sent: what
/// can't be seen in between would be gone by then, and what it hides would not.
fn sound(template: &str) -> Result<(), BadTemplate> {
    if let Some(c) =
        gsm::lost(template).or_else(|| template.chars().find(|c| *c != '\n' && unseen(*c)))
    {
        return Err(BadTemplate::Character(c));
    }
    let template = &*gsm::fold(template);
    for piece in pieces(template) {
        match piece {
            Piece::Placeholder("brand" | "link" | "time") => {}
            Piece::Words(words) if !words.contains(['{', '}']) => {}
            _ => return Err(BadTemplate::Placeholder),
        }
    }
    let mut around = template.split("{link}");
    let (Some(before), Some(after), None) = (around.next(), around.next(), around.next()) else {
        return Err(BadTemplate::Link);
    };
    let says = |words: &str| words.contains(char::is_alphanumeric);
    let apart = before.ends_with(char::is_whitespace) && after.starts_with(char::is_whitespace);
    if !(apart && says(before) && says(after)) {
        return Err(BadTemplate::Edge);
    }
    let others = [before, after].into_iter().flat_map(str::split_whitespace);
    match others.into_iter().find(|word| looks_like_a_link(word)) {
        Some(word) => Err(BadTemplate::OtherLink(word.to_owned())),
        None => Ok(()),
    }
}

/// What phones make a link of: an address, or a name with a dot and letters after it.
pub(crate) fn looks_like_a_link(word: &str) -> bool {
    let word = word.to_lowercase().replace(['{', '}'], "");
    let ending = |rest: &str| rest.chars().take(2).filter(|c| c.is_alphabetic()).count() == 2;
    let dotted = word.match_indices('.').any(|(at, _)| {
        word[..at].ends_with(char::is_alphanumeric) && ending(&word[at + '.'.len_utf8()..])
    });
    let quad = word
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .any(|run| run.split('.').filter(|part| (1..=3).contains(&part.len())).count() >= 4);
    dotted || quad || word.contains("http") || word.contains("://")
}

/// One segment with as much of the brand's name as there is room for; `None` where that is less than
/// `least` characters, or than the whole of a shorter name.
fn compose(
    words: &str,
    values: &[(&str, &str)],
    brand: &str,
    least: usize,
) -> Option<Zeroizing<String>> {
    let words = gsm::fold(words);
    let rest = SEGMENT.checked_sub(septets(&words, values)?)?;
    let times = pieces(&words).filter(|piece| *piece == Piece::Placeholder("brand")).count();
    let room = rest.checked_div(times).unwrap_or(BRAND_MOST).min(BRAND_MOST);
    let whole = gsm::clean(brand, BRAND_MOST).chars().count();
    (room >= whole.min(least)).then(|| with_brand(&words, values, brand, room))
}

/// One of ours that always has room.
fn plain(words: &str, value: (&str, &str), brand: &Brand) -> Zeroizing<String> {
    let (words, text) = (gsm::fold(words), gsm::fold(value.1));
    let rest = SEGMENT.saturating_sub(septets(&words, &[(value.0, &text)]).unwrap_or(SEGMENT));
    with_brand(&words, &[(value.0, &text)], brand.name(), rest.min(BRAND_MOST))
}

fn with_brand(words: &str, values: &[(&str, &str)], brand: &str, most: usize) -> Zeroizing<String> {
    let brand = gsm::clean(brand, most);
    let values: Vec<(&str, &str)> =
        values.iter().copied().chain([("brand", brand.as_str())]).collect();
    fill(&gsm::fold(words), &values)
}

/// Septets of a phrase with these values; what is not among them counts nothing.
fn septets(words: &str, values: &[(&str, &str)]) -> Option<usize> {
    let of = |piece| match piece {
        Piece::Words(words) => gsm::septets(words),
        Piece::Placeholder(name) => {
            let value = values.iter().find(|(known, _)| *known == name);
            value.map_or(Some(0), |(_, value)| gsm::septets(value))
        }
    };
    pieces(words).map(of).sum()
}

#[cfg(test)]
mod tests;
