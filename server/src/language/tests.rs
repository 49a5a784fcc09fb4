//! What every language must keep to, whoever translates.

use std::collections::BTreeSet;

use super::Language;
use super::fill::{Piece, pieces};
use super::page::tests::{all as page, all_of_check as check};

/// Every phrase of texts and mails, by its name.
fn all(language: Language) -> Vec<(&'static str, &'static str)> {
    let it = language.phrases();
    vec![
        ("time.at", it.time.at),
        ("time.minute", it.time.minute),
        ("time.minutes", it.time.minutes),
        ("time.hour", it.time.hour),
        ("time.hours", it.time.hours),
        ("sms.code", it.sms.code),
        ("sms.check", it.sms.check),
        ("sms.check_short", it.sms.check_short),
        ("sms.link", it.sms.link),
        ("sms.link_short", it.sms.link_short),
        ("sms.notice", it.sms.notice),
        ("mails.hello", it.mails.hello),
        ("mails.hello_nobody", it.mails.hello_nobody),
        ("mails.ending", it.mails.ending),
        ("mails.person.subject", it.mails.person.subject),
        ("mails.person.happened", it.mails.person.happened),
        ("mails.person.unless", it.mails.person.unless),
        ("mails.manager.subject", it.mails.manager.subject),
        ("mails.manager.happened", it.mails.manager.happened),
        ("mails.manager.unless", it.mails.manager.unless),
        ("mails.code.subject", it.mails.code.subject),
        ("mails.code.why", it.mails.code.why),
        ("mails.code.act", it.mails.code.act),
        ("mails.code.unless", it.mails.code.unless),
        ("mails.check.subject", it.mails.check.subject),
        ("mails.check.why", it.mails.check.why),
        ("mails.check.act", it.mails.check.act),
        ("mails.check.unless", it.mails.check.unless),
    ]
}

fn placeholders(phrase: &str) -> BTreeSet<&str> {
    pieces(phrase)
        .filter_map(|piece| match piece {
            Piece::Placeholder(name) => Some(name),
            Piece::Words(_) => None,
        })
        .collect()
}

/// What a careful printer looks at.
fn typography(language: Language, phrase: &str, at: &str) {
    assert!(!phrase.is_empty() && phrase == phrase.trim(), "{at}");
    for never in ["  ", "\n", "\t", "'", "\"", "...", " ,", " .", "TODO"] {
        assert!(!phrase.contains(never), "{never:?} in {at}");
    }
    assert_eq!(phrase.matches('{').count(), phrase.matches('}').count(), "{at}");
    assert_eq!(phrase.matches('(').count(), phrase.matches(')').count(), "{at}");
    for (mark, before) in phrase.chars().skip(1).zip(phrase.chars()) {
        if !matches!(mark, ':' | ';' | '?' | '!') || phrase.contains("{hour}:{minute}") {
            continue;
        }
        // A French mark of two parts stands apart, and never alone on a line.
        let apart = matches!(before, '\u{a0}' | '\u{202f}');
        assert_eq!(apart, language == Language::Fr, "{mark} in {at}");
        assert!(apart || !before.is_whitespace(), "{mark} in {at}");
    }
    if language == Language::Es {
        assert_eq!(phrase.matches('¿').count(), phrase.matches('?').count(), "{at}");
        assert_eq!(phrase.matches('¡').count(), phrase.matches('!').count(), "{at}");
    }
    // Written with a letter of ours or a mark; no stray alphabet from a copy.
    let stray = phrase
        .chars()
        .find(|c| !(c.is_ascii() || ('\u{a0}'..='\u{17f}').contains(c) || "’‘“”„–—…".contains(*c)));
    assert_eq!(stray, None, "{at}");
}

#[test]
fn every_language_says_the_same() {
    for language in Language::ALL {
        for ((name, phrase), (other, english)) in all(language).iter().zip(all(Language::En)) {
            let at = format!("{language:?} {name}: {phrase:?}");
            assert_eq!(*name, other);
            // A link in a mail has a line of its own.
            let lines = phrase.split('\n').filter(|line| *line != "{link}");
            assert!(*name == "mails.check.act" || !phrase.contains('\n'), "{at}");
            lines.for_each(|line| typography(language, line, &at));
            // Who is named may be named twice, or once.
            assert_eq!(placeholders(phrase), placeholders(english), "{at}");
            // Minutes are French.
            let same = language == Language::En
                || (language == Language::Fr && name.starts_with("time.minute"));
            assert_eq!(*phrase == english, same, "{at}");
        }
    }
    let placeholders = |name: &str| {
        let (_, phrase) = all(Language::En).into_iter().find(|(it, _)| *it == name).unwrap();
        placeholders(phrase).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(placeholders("sms.link"), ["brand", "link", "time"]);
    assert_eq!(placeholders("sms.link_short"), ["brand", "link", "time"]);
    assert_eq!(placeholders("sms.check"), ["brand", "link", "time"]);
    assert_eq!(placeholders("sms.check_short"), ["brand", "link", "time"]);
    assert_eq!(placeholders("sms.code"), ["brand", "code"]);
    assert_eq!(placeholders("sms.notice"), ["at", "brand"]);
    assert_eq!(placeholders("mails.person.happened"), ["at", "brand", "by", "phone"]);
    assert_eq!(placeholders("mails.manager.happened"), ["at", "brand", "by", "person"]);
    assert_eq!(placeholders("mails.code.act"), ["by", "code", "time"]);
    assert_eq!(placeholders("mails.check.act"), ["by", "link", "time"]);
}

/// The page's own test counts what is filled in.
#[test]
fn every_page_says_the_same() {
    for language in Language::ALL {
        for ((name, phrase), (_, english)) in page(language).iter().zip(page(Language::En)) {
            let at = format!("{language:?} {name}: {phrase:?}");
            typography(language, phrase, &at);
            let is_name = name.starts_with(".signs") || name.starts_with(".digits");
            let same = language == Language::En || (language == Language::It && name == ".label");
            assert!(is_name || (*phrase == english) == same, "{at}");
        }
        for ((name, phrase), (_, english)) in check(language).iter().zip(check(Language::En)) {
            let at = format!("{language:?} check{name}: {phrase:?}");
            typography(language, phrase, &at);
            assert_eq!(*phrase == english, language == Language::En, "{at}");
            assert_eq!(placeholders(phrase), placeholders(&english), "{at}");
        }
    }
}

/// Nobody is to be addressed as a friend, and a mail with a link in it would teach people to follow
/// links in mails; a verification's alone has one, by itself, and says that it proves nothing.
#[test]
fn people_are_addressed_with_respect() {
    let familiar: [(Language, &[&str]); 6] = [
        (Language::Fr, &["tu", "te", "ton", "ta", "tes", "toi"]),
        (Language::De, &["du", "dich", "dir", "dein", "deine"]),
        (Language::Es, &["tú", "tu", "tus", "te", "ti"]),
        (Language::Pt, &["tu", "teu", "tua", "te", "você"]),
        (Language::Nl, &["je", "jij", "jou", "jouw"]),
        (Language::It, &["tu", "tuo", "tua", "ti", "te"]),
    ];
    for (language, words) in familiar {
        let sent = all(language).into_iter().map(|(name, phrase)| (name.into(), phrase.into()));
        for (name, phrase) in sent.chain(page(language)).chain(check(language)) {
            let mut said = phrase.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
            let found = said.find(|word| words.contains(&word.as_str()));
            assert_eq!(found, None, "{language:?} {name}: {phrase}");
        }
    }
    for language in Language::ALL {
        for (name, phrase) in all(language).iter().filter(|(name, _)| name.starts_with("mails")) {
            let asks = *name == "mails.check.act";
            assert!(!phrase.contains("http"), "{name}: {phrase}");
            assert_eq!(phrase.contains("{link}"), asks, "{name}: {phrase}");
            assert!(!asks || phrase.contains("\n{link}\n"), "{name}: {phrase}");
            // It shows on locked phones.
            let subject = name.ends_with("subject");
            assert!(!subject || !phrase.contains("{code}"), "{name}: {phrase}");
        }
    }
}
