//! One segment, whatever is filled in; and what an MSP may write of its own.

use super::*;
use crate::brand::Texts;

const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAA_";
const HOUR_MS: i64 = 3_600_000;

fn named(name: &str) -> Brand {
    Brand { name: Some(name.into()), ..Brand::default() }
}

/// A link whose host's name has so many characters.
fn link_at(host: usize) -> String {
    format!("https://{}/s#{TOKEN}", "s".repeat(host))
}

fn names() -> [String; 4] {
    ["Acme".into(), "Brightline IT".into(), "Größe & Söhne [IT] ".repeat(4), "€".repeat(99)]
}

#[test]
fn every_text_with_a_link_is_one_segment_in_every_language() {
    for language in Language::ALL {
        for name in names() {
            for host in [16, LONGEST_ORIGIN - "https://".len()] {
                for minutes in (1..120).chain((2..=24).map(|hours| hours * 60)) {
                    let url = link_at(host);
                    let text = link(&named(&name), language, &url, minutes * 60_000);
                    assert!(gsm::fits_one_segment(&text), "{language:?} {host}: {}", *text);
                    let (before, after) = text.split_once(&url).unwrap();
                    // Phones may make a preview of a link that stands at either end.
                    assert!(before.ends_with(' ') && after.starts_with(' '), "{}", *text);
                    assert!(after.len() > 20, "{}", *text);
                    // Enough of the name to know whom it is from.
                    let kept: String = gsm::clean(&name, 12);
                    assert!(text.starts_with(kept.trim_end()), "{language:?} {host}: {}", *text);
                    let (hours, left) = (minutes / 60, minutes % 60);
                    let says = |n: i64, of: &str| text.contains(&format!("{n} {of}"));
                    let (hour, minute) = (&language.span(HOUR_MS)[2..3], "min");
                    let ends = if minutes < 120 && minutes != 60 {
                        says(minutes, minute) || says(minutes, "Min")
                    } else {
                        says(hours, hour) || says(hours, "h")
                    };
                    assert!(ends, "{language:?} {hours}:{left}: {}", *text);
                }
            }
        }
    }
}

#[test]
fn every_text_with_a_verifications_link_is_one_segment_in_every_language() {
    for language in Language::ALL {
        for name in names() {
            for host in [16, LONGEST_ORIGIN - "https://".len()] {
                for minutes in 1..120 {
                    let url = link_at(host).replace("/s#", "/v#");
                    let text = check_link(&named(&name), language, &url, minutes * 60_000);
                    assert!(gsm::fits_one_segment(&text), "{language:?} {host}: {}", *text);
                    let (before, after) = text.split_once(&url).unwrap();
                    assert!(before.ends_with(' ') && after.starts_with(' '), "{}", *text);
                    assert!(after.len() > 20, "{}", *text);
                    let kept: String = gsm::clean(&name, BRAND_LEAST);
                    assert!(text.starts_with(kept.trim_end()), "{language:?} {host}: {}", *text);
                    let time = if minutes == 60 { "1 ".into() } else { format!("{minutes} ") };
                    assert!(after.contains(&time), "{language:?} {minutes}: {}", *text);
                    let others = [before, after].into_iter().flat_map(str::split_whitespace);
                    let other = others.into_iter().find(|word| looks_like_a_link(word));
                    assert_eq!(other, None, "{}", *text);
                }
            }
        }
        // On a usual host, all that we have to say.
        let text = check_link(&named("Brightline IT"), language, &link_at(16), 5 * 60_000);
        let words = gsm::fold(language.phrases().sms.check);
        let (_, end) = words.rsplit_once('}').unwrap();
        assert!(text.ends_with(end), "{language:?}: {}", *text);
    }
}

#[test]
fn a_usual_host_gets_our_whole_words() {
    for language in Language::ALL {
        let text = link(&named("Brightline IT"), language, &link_at(16), HOUR_MS);
        let words = gsm::fold(language.phrases().sms.link);
        let (_, end) = words.rsplit_once('}').unwrap();
        assert!(text.ends_with(end), "{language:?}: {}", *text);
        assert!(text.starts_with("Brightline IT"), "{language:?}: {}", *text);
    }
    let text =
        link(&named("Brightline IT"), Language::En, "https://s.brightline.example/s#x", HOUR_MS);
    assert_eq!(
        *text,
        "Brightline IT: https://s.brightline.example/s#x shows your new password once, within 1 \
         hour. Never read it out or forward it."
    );
}

#[test]
fn notices_and_codes_are_one_segment_without_anything_to_tap() {
    for language in Language::ALL {
        for name in names() {
            let brand = named(&name);
            let notice = notice(&brand, language, Millis(1_795_356_300_000));
            let code = code(&brand, language, "424242");
            assert!(code.contains(" 424242 "), "{}", *code);
            assert!(notice.contains("2026") && notice.contains("14:05 UTC"), "{}", *notice);
            for text in [notice, code] {
                assert!(gsm::fits_one_segment(&text), "{language:?}: {}", *text);
                let kept: String = gsm::clean(&name, BRAND_LEAST);
                assert!(text.starts_with(kept.trim_end()), "{language:?}: {}", *text);
                for never in ["http", "www", "://", "{", "Ada"] {
                    assert!(!text.contains(never), "{never}: {}", *text);
                }
            }
        }
    }
}

#[test]
fn an_msps_own_words_are_sent_where_they_can_be() {
    let own = |sms: &str| Brand {
        texts: [(Language::Fr, Texts { sms: sms.into(), ..Texts::default() })].into(),
        ..named("Brightline IT")
    };
    let url = link_at(20);
    let sent = |sms: &str, language| link(&own(sms), language, &url, HOUR_MS).to_string();
    let theirs = "{brand} ({brand}) : ouvrez {link} dans les {time}, été comme hiver.";
    assert!(check(theirs, Language::Fr, &url[..28]).is_ok());
    assert_eq!(
        sent(theirs, Language::Fr),
        format!("Brightline IT (Brightline IT) : ouvrez {url} dans les 1 heure, été comme hiver.")
    );
    let ours = sent("", Language::Fr);
    assert!(ours.contains("une seule fois"), "{ours}");
    assert!(sent(theirs, Language::En).contains("Never read it out"), "it is French");
    // Saved when other hosts or rules were in force.
    for bad in [
        "   ",
        "{brand} sans lien",
        "Voir {link}",
        "Voir {link} ou {link} vite",
        "Voir {link} pour {password} vite",
        "Voir {link} 日本 vite",
        &format!("Voir {{link}} {}", "long ".repeat(30)),
        // Not a word too much but for the brand, of which nothing would be left.
        &format!("{{brand}} voir {{link}} {}", "x".repeat(160 - 53 - 7 - 10)),
    ] {
        assert_eq!(sent(bad, Language::Fr), ours, "{bad}");
    }
}

#[test]
fn what_a_template_must_be_is_said() {
    let origin = "https://s.brightline.example";
    let check = |template: &str| check(template, Language::En, origin);
    assert_eq!(check(""), Ok(()));
    assert_eq!(check(" \n"), Ok(()));
    for language in Language::ALL {
        // Ours are a beginning for somebody's own.
        let ours = language.phrases().sms.link;
        assert_eq!(super::check(ours, language, "https://s.example"), Ok(()), "{language:?}");
    }
    for good in [
        "Acme: {link} is good for {time}. Tell nobody.",
        "{brand}\n{link} once\n{time}, e.g. at 2.30 p. m.",
        "Größe: {link} – “ja”",
    ] {
        assert_eq!(check(good), Ok(()), "{good}");
    }
    for (bad, why) in [
        ("{brand}: words", BadTemplate::Link),
        ("a {link} b {link} c", BadTemplate::Link),
        ("{link} shows it", BadTemplate::Edge),
        ("Look at {link}", BadTemplate::Edge),
        ("Look at {link} .", BadTemplate::Edge),
        ("Look at {link}.", BadTemplate::Edge),
        ("- {link} shows it", BadTemplate::Edge),
        ("Look at ({link}) now", BadTemplate::Edge),
        ("{brand}: {link} for {password}", BadTemplate::Placeholder),
        ("{brand}: {link} for {name} now", BadTemplate::Placeholder),
        ("{brand}: {link} for {Time} now", BadTemplate::Placeholder),
        ("{brand}: {link} } now", BadTemplate::Placeholder),
        ("{brand}: {link} 🙂 now", BadTemplate::Character('🙂')),
        ("{brand}: {link} or HTTP now", BadTemplate::OtherLink("HTTP".into())),
        ("{brand}: {link} or www.acme.example", BadTemplate::OtherLink("www.acme.example".into())),
        ("{brand}.com: {link} now", BadTemplate::OtherLink("{brand}.com:".into())),
        ("acme.com/login: {link} now", BadTemplate::OtherLink("acme.com/login:".into())),
        ("ftp://x {link} now", BadTemplate::OtherLink("ftp://x".into())),
        ("203.0.113.9/x or {link} now", BadTemplate::OtherLink("203.0.113.9/x".into())),
        ("ht\u{200b}tp:\u{200b}//x {link} now", BadTemplate::Character('\u{200b}')),
        ("evil.c\u{ad}om {link} now", BadTemplate::Character('\u{ad}')),
        ("evil.c\u{301}om {link} now", BadTemplate::OtherLink("evil.com".into())),
    ] {
        assert_eq!(check(bad), Err(why), "{bad}");
    }
    // 28 + 25 of the link, 16 of the brand, 11 of "119 minutes".
    let words = |n: usize| format!("{{brand}} {{link}} {{time}} {}", "x".repeat(n));
    let room = 160 - 53 - 16 - 11 - 3;
    assert_eq!(check(&words(room)), Ok(()));
    assert_eq!(check(&words(room + 3)), Err(BadTemplate::TooLong(3)));
    assert_eq!(check(&format!("{}[]", words(room))), Err(BadTemplate::TooLong(4)));
    let long_host = format!("https://{}", "s".repeat(40));
    let tight = super::check(&words(room), Language::En, &long_host);
    assert_eq!(tight, Err(BadTemplate::TooLong(20)));
    let said = BadTemplate::TooLong(3).to_string();
    assert!(said.contains("3 characters") && said.contains("16 characters"), "{said}");
    assert!(BadTemplate::Link.to_string().starts_with("{link} must"));
}
