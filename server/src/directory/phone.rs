//! The phones that a person has registered at Microsoft. Pure.

use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, PhoneNumber, Type};
use serde::Deserialize;
use shared::PhoneKind;

/// A registered phone.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhoneMethod {
    #[serde(default)]
    phone_number: Option<String>,
    #[serde(default)]
    phone_type: Option<String>,
}

/// A number that a text can be sent to: E.164. No `Debug`: it is not for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    e164: String,
}

impl Phone {
    /// Reads Microsoft's form, `+{country code} {number}x{extension}`. A number with an
    /// extension, without a country code, or one that can be no mobile is none (ITU-T
    /// E.164: 15 digits at most).
    ///
    /// The digits are those that were written, whatever the metadata would make of them: a text
    /// goes to the number that Microsoft has, or nowhere. But for one thing that people write and
    /// no network takes: a trunk zero after the country code, `+44 (0)7400 123456`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('+')?;
        let mut e164 = String::from("+");
        for c in digits.chars() {
            match c {
                '0'..='9' => e164.push(c),
                ' ' | '-' | '(' | ')' | '.' => {}
                _ => return None,
            }
        }
        if !(9..=16).contains(&e164.len()) || e164.starts_with("+0") {
            return None;
        }
        let number = phonenumber::parse(None, &e164).ok()?;
        if !may_be_mobile(&number) {
            return None;
        }
        let code = format!("+{}", number.code().value());
        let without = e164.strip_prefix(&code).and_then(|rest| rest.strip_prefix('0'));
        let known = number.format().mode(Mode::E164).to_string();
        if without.is_some_and(|rest| known == format!("{code}{rest}")) {
            // What is left must be such a number by itself: the zero may have hidden another kind.
            return Self::parse(&known).filter(|phone| phone.e164 == known);
        }
        Some(Self { e164 })
    }

    /// `+12065550123`.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// The country whose number it is, `US`, where the numbering plan tells. Several share `+1`.
    #[must_use]
    pub fn country(&self) -> Option<String> {
        let number = phonenumber::parse(None, &self.e164).ok()?;
        number.country().id().map(|id| id.as_ref().to_owned())
    }

    /// `+1 ••• ••23`: enough to recognise one's own number, too little to call it.
    #[must_use]
    pub fn masked(&self) -> String {
        mask_phone(&self.e164)
    }
}

/// Whether a text to this number may reach somebody's own phone.
///
/// Refused is what no mobile can be: a length that no number of that country has, and numbers that
/// a business answers or that cost whoever writes to them (premium, shared cost, toll-free,
/// universal access, voicemail, pagers). Nothing else is: metadata lags behind ported numbers and
/// new ranges, in some countries mobiles have the numbers of landlines, and whoever is wrongly
/// refused is locked out. A landline that Microsoft holds as `mobile` is found out by the carrier,
/// which says so (`sms-number`).
fn may_be_mobile(number: &PhoneNumber) -> bool {
    let kind = number.number_type(&DATABASE);
    if matches!(
        kind,
        Type::PremiumRate
            | Type::TollFree
            | Type::SharedCost
            | Type::Uan
            | Type::Voicemail
            | Type::Pager
            | Type::Emergency
            | Type::ShortCode
    ) {
        return false;
    }
    let national = number.national();
    let length = national.value().to_string().len() + usize::from(national.zeros());
    let Some(plans) = DATABASE.by_code(&number.code().value()) else { return false };
    let lengths = |plan: &phonenumber::Metadata| -> Vec<u16> {
        let of = plan.descriptors();
        [of.mobile(), of.fixed_line(), of.voip(), of.personal_number()]
            .into_iter()
            .flatten()
            .flat_map(|kind| kind.possible_length().to_vec())
            .collect()
    };
    let known: Vec<u16> = plans.into_iter().flat_map(lengths).collect();
    known.is_empty() || known.iter().any(|known| usize::from(*known) == length)
}

/// A phone that the person has registered and that a text can be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct Registered {
    /// Which of theirs.
    pub kind: PhoneKind,
    /// Its number.
    pub phone: Phone,
}

/// The phones that a text can be sent to, the first mobile first; each number once. Office phones
/// are none of them. `smsSignInState` is about signing in by SMS and says nothing about this.
pub(super) fn textable(methods: &[PhoneMethod]) -> Vec<Registered> {
    let of_kind = |name: &'static str, kind| {
        methods.iter().filter(move |method| method.phone_type.as_deref() == Some(name)).filter_map(
            move |method| {
                let phone = Phone::parse(method.phone_number.as_deref()?)?;
                Some(Registered { kind, phone })
            },
        )
    };
    let mut phones: Vec<Registered> = Vec::new();
    for found in of_kind("mobile", PhoneKind::Mobile)
        .chain(of_kind("alternateMobile", PhoneKind::AlternateMobile))
    {
        if phones.iter().all(|known| known.phone != found.phone) {
            phones.push(found);
        }
    }
    phones
}

/// The phone that gets codes and links by itself: `mobile`. Where there is none that takes texts,
/// the second one, if the policy says so: Microsoft itself calls it usable for voice only. A
/// technician may choose it for a new link all the same, when the first can't be reached.
#[must_use]
pub fn first_mobile(phones: &[Registered], alternate: bool) -> Option<&Phone> {
    let of = |kind| phones.iter().find(|found| found.kind == kind).map(|found| &found.phone);
    let second = || alternate.then(|| of(PhoneKind::AlternateMobile)).flatten();
    of(PhoneKind::Mobile).or_else(second)
}

/// Keeps a masked number on one line, in a narrow pod and in a note.
const GAP: char = '\u{a0}';

/// The country code and the last two digits; always the same dots for the rest.
#[must_use]
pub fn mask_phone(e164: &str) -> String {
    let digits: Vec<char> = e164.chars().filter(char::is_ascii_digit).collect();
    let code_len = country_code_len(&digits);
    if digits.len() < code_len + 4 {
        return "•••".into();
    }
    let code: String = digits[..code_len].iter().collect();
    let last: String = digits[digits.len() - 2..].iter().collect();
    format!("+{code}{GAP}•••{GAP}••{last}")
}

/// ITU-T E.164 assigns country codes without common prefixes: one digit, then a list of two,
/// otherwise three.
fn country_code_len(digits: &[char]) -> usize {
    let two = |a: char, b: char| a.to_digit(10).zip(b.to_digit(10)).map_or(0, |(a, b)| a * 10 + b);
    match digits {
        ['1' | '7', ..] => 1,
        [a, b, ..] => match two(*a, *b) {
            20
            | 27
            | 30..=34
            | 36
            | 39..=41
            | 43..=49
            | 51..=58
            | 60..=66
            | 81
            | 82
            | 84
            | 86
            | 90..=95
            | 98 => 2,
            _ => 3,
        },
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Several countries share a code: what an admin allows must not open the dear ones.
    #[test]
    fn a_number_has_the_country_that_its_digits_say() {
        for (number, country) in [
            ("+12065550123", Some("US")),
            ("+16135550123", Some("CA")),
            ("+18765550123", Some("JM")),
            ("+13455550123", Some("KY")),
            ("+447400123456", Some("GB")),
            ("+447781123456", Some("GG")),
            ("+79161234567", Some("RU")),
            ("+77011234567", Some("KZ")),
        ] {
            let phone = Phone::parse(number).unwrap();
            assert_eq!(phone.country().as_deref(), country, "{number}");
        }
    }

    #[test]
    fn numbers_are_read_as_microsoft_writes_them() {
        let check = |text: &str, e164: Option<&str>| {
            assert_eq!(Phone::parse(text).as_ref().map(Phone::e164), e164, "{text}");
        };
        check("+1 2065550123", Some("+12065550123"));
        check("+44 7700900123", Some("+447700900123"));
        check(" +1 (206) 555-0123 ", Some("+12065550123"));
        check("+1 2065550134x55", None);
        check("+1 2065550134X55", None);
        check("2065550123", None);
        check("+0 2065550123", None);
        check("+1 206", None);
        check("+1 2065550123456789", None);
        check("+1 ２065550123", None);
        check("", None);
        // A trunk zero goes, one that belongs to the number stays (Italy).
        check("+44 (0)7400 123456", Some("+447400123456"));
        // Without its zero it would be another kind of number.
        check("+55 09010000000", None);
        check("+39 06 6982 1234", Some("+390669821234"));
    }

    #[test]
    fn what_can_not_be_a_mobile_is_none_and_doubt_is_no_refusal() {
        let check = |text: &str, taken: bool| {
            assert_eq!(Phone::parse(text).is_some(), taken, "{text}");
        };
        check("+44 7400 123456", true);
        // A landline by its number, perhaps not by its phone.
        check("+44 121 234 5678", true);
        check("+49 30 123456", true);
        // A range that no plan knows yet, of a length that there is.
        check("+1 999 555 0123", true);
        for never in [
            "+1 800 723 3456",
            "+1 900 234 5678",
            "+800 1234 0000",
            "+44 909 879 0000",
            "+44 844 412 3456",
            "+61 1900 123 456",
            "+1 206 555 012",
            "+44 7400 12345678",
            "+999 12345678",
        ] {
            check(never, false);
        }
    }

    #[test]
    fn masks_keep_the_country_and_two_digits() {
        let check =
            |e164: &str, masked: &str| assert_eq!(mask_phone(e164).replace(GAP, " "), masked);
        check("+12065550123", "+1 ••• ••23");
        check("+447700900123", "+44 ••• ••23");
        check("+35312345678", "+353 ••• ••78");
        check("+123", "•••");
        check("", "•••");
    }

    #[test]
    fn only_registered_mobiles_get_texts_and_the_first_by_itself() {
        let method = |kind: &str, number: &str| PhoneMethod {
            phone_number: Some(number.into()),
            phone_type: Some(kind.into()),
        };
        let check = |methods: &[PhoneMethod], all: &[&str], first: Option<&str>| {
            let phones = textable(methods);
            let numbers: Vec<&str> = phones.iter().map(|found| found.phone.e164()).collect();
            assert_eq!(numbers, all);
            assert_eq!(first_mobile(&phones, false).map(Phone::e164), first);
            let either = first.or(all.first().copied());
            assert_eq!(first_mobile(&phones, true).map(Phone::e164), either);
        };
        let (office, second) =
            (method("office", "+1 2065550199"), method("alternateMobile", "+1 2065550198"));
        let mobile = method("mobile", "+1 2065550123");
        check(&[], &[], None);
        let phones = [office, second, mobile.clone()];
        check(&phones[..1], &[], None);
        check(&phones[1..2], &["+12065550198"], None);
        check(&phones, &["+12065550123", "+12065550198"], Some("+12065550123"));
        check(&[method("mobile", "+1 2065550134x55")], &[], None);
        let twice = method("alternateMobile", "+1 (206) 555-0123");
        check(&[twice, mobile], &["+12065550123"], Some("+12065550123"));
    }

    /// Texts as registries hold them: digits with what stands between, plus anything at all.
    fn texts() -> impl Strategy<Value = String> {
        let shaped = "\\+?[0-9]{0,4}[ ().-]{0,2}[0-9]{3,14}[ ().-]{0,2}[0-9]{0,4}";
        let extended = "\\+[1-9][0-9]{0,2} [0-9]{6,12} ?(x|X|ext|#|;ext=|,)[0-9]{0,5}";
        let codes =
            prop::sample::select(vec!["1", "44", "49", "39", "52", "54", "55", "61", "800", "979"]);
        let known = (codes, "[0-9]{6,12}").prop_map(|(code, rest)| format!("+{code} {rest}"));
        prop_oneof!["\\PC{0,40}", shaped, extended, known]
    }

    proptest! {
        #![proptest_config(crate::testing::many())]

        #[test]
        fn a_phone_is_what_was_written_or_none(text in texts()) {
            let Some(phone) = Phone::parse(&text) else { return Ok(()) };
            let e164 = phone.e164();
            let digits = e164.strip_prefix('+').unwrap();
            prop_assert!((8..=15).contains(&digits.len()) && !digits.starts_with('0'), "{}", e164);
            prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()), "{}", e164);
            // Every digit, in order, and no other: but for a trunk zero.
            let written: String = text.chars().filter(char::is_ascii_digit).collect();
            let without = |at: usize| format!("{}{}", &written[..at], &written[at + 1..]);
            let trunk = written.match_indices('0').any(|(at, _)| at < 4 && without(at) == digits);
            prop_assert!(digits == written || trunk, "{} of {}", e164, text);
            prop_assert!(!text.contains(|c: char| c.is_ascii_alphabetic() || "#;,".contains(c)));
            // What we say of it ourselves reads the same again.
            let again = Phone::parse(e164).map(|phone| phone.e164().to_owned());
            prop_assert_eq!(again.as_deref(), Some(e164));
            prop_assert!(!mask_phone(e164).contains(&digits[2..]), "{}", e164);
        }
    }
}
