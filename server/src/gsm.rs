//! What fits into one text message: 160 septets of the GSM 7-bit default alphabet (3GPP TS 23.038
//! §6.2.1). One other character would turn the whole text into 70 of another kind.

/// The basic table, one septet each. Carriage return is left out: some phones draw it.
const BASIC: &str = "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table (§6.2.1.1), two septets each: an escape comes first. Its page break is left
/// out.
const EXTENSION: &str = "^{}\\[~]|€";
/// Septets of one segment.
pub const SEGMENT: usize = 160;

/// What GSM-7 lacks, by what is nearest to it. Never longer than what it stands for.
const NEAREST: [(&str, &str); 52] = [
    ("ÀÁÂÃĀĂĄ", "A"),
    ("áâãāăąª", "a"),
    ("ĆĈĊČ", "C"),
    ("çćĉċč", "c"),
    ("ÐĎĐ", "D"),
    ("ðďđ", "d"),
    ("ÈÊËĒĔĖĘĚ", "E"),
    ("êëēĕėęě", "e"),
    ("ĜĞĠĢ", "G"),
    ("ĝğġģ", "g"),
    ("ĤĦ", "H"),
    ("ĥħ", "h"),
    ("ÌÍÎÏĨĪĬĮİ", "I"),
    ("íîïĩīĭįı", "i"),
    ("Ĵ", "J"),
    ("ĵ", "j"),
    ("Ķ", "K"),
    ("ķĸ", "k"),
    ("ĹĻĽĿŁ", "L"),
    ("ĺļľŀł", "l"),
    ("ŃŅŇŊ", "N"),
    ("ńņňŋ", "n"),
    ("ÒÓÔÕŌŎŐ", "O"),
    ("óôõōŏőº", "o"),
    ("ŔŖŘ", "R"),
    ("ŕŗř", "r"),
    ("ŚŜŞŠȘ", "S"),
    ("śŝşšșſ", "s"),
    ("ŢŤŦȚ", "T"),
    ("ţťŧț", "t"),
    ("ÙÚÛŨŪŬŮŰŲ", "U"),
    ("úûũūŭůűų", "u"),
    ("Ŵ", "W"),
    ("ŵ", "w"),
    ("ÝŶŸ", "Y"),
    ("ýÿŷ", "y"),
    ("ŹŻŽ", "Z"),
    ("źżž", "z"),
    ("Œ", "OE"),
    ("œ", "oe"),
    ("Þ", "Th"),
    ("þ", "th"),
    ("ẞ", "SS"),
    ("’‘‚‛′´`", "'"),
    ("“”„‟″«»", "\""),
    ("‐‑‒–—―−", "-"),
    ("…", "..."),
    ("×", "x"),
    ("•·", "-"),
    // Blanks that are no blanks: the one before a French colon, for example.
    ("\t\u{a0}\u{2007}\u{2009}\u{202f}", " "),
    // What is not seen.
    ("\r\u{ad}\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}", ""),
    // Marks of a brand, which it can do without.
    ("®©™", ""),
];

/// The accented letters that GSM-7 does have, for who wants none.
const ACCENTED: [(&str, &str); 12] = [
    ("ÄÅ", "A"),
    ("äàå", "a"),
    ("Ç", "C"),
    ("É", "E"),
    ("éè", "e"),
    ("ì", "i"),
    ("Ñ", "N"),
    ("ñ", "n"),
    ("ÖØ", "O"),
    ("öòø", "o"),
    ("Ü", "U"),
    ("üù", "u"),
];

/// Septets of a character; `None` for one that GSM-7 lacks.
#[must_use]
pub fn cost(c: char) -> Option<usize> {
    match c {
        // Most of every text.
        'a'..='z' | ' ' | 'A'..='Z' | '0'..='9' => Some(1),
        _ if BASIC.contains(c) => Some(1),
        _ => EXTENSION.contains(c).then_some(2),
    }
}

/// Septets of a text; `None` where a character is not in GSM-7.
#[must_use]
pub fn septets(text: &str) -> Option<usize> {
    text.chars().map(cost).sum()
}

/// Whether a text goes out as one segment.
#[must_use]
pub fn fits_one_segment(text: &str) -> bool {
    septets(text).is_some_and(|septets| septets <= SEGMENT)
}

/// The same in GSM-7: accents that it lacks are dropped, quotation marks are straightened, the rest
/// of the world's letters become `?`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match folded(c) {
            Folded::Same => out.push(c),
            Folded::To(nearest) => out.push_str(nearest),
            Folded::Lost => out.push('?'),
        }
    }
    out
}

/// The first character of a text that GSM-7 has nothing for.
#[must_use]
pub fn lost(text: &str) -> Option<char> {
    text.chars().find(|c| matches!(folded(*c), Folded::Lost))
}

/// A name for a text: folded, on one line, without what costs two septets; `most` septets at most.
#[must_use]
pub fn clean(name: &str, most: usize) -> String {
    let one_each = |c: char| if cost(c) == Some(1) && c != '\n' { c } else { ' ' };
    let folded = fold(name.trim());
    let kept: String = folded.chars().map(one_each).take(most).collect();
    kept.trim().to_owned()
}

/// A name without any accent, for comparing.
#[must_use]
pub fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in fold(name).chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        match nearest(&ACCENTED, c) {
            Some(letter) => out.push_str(letter),
            None if c == 'ß' => out.push_str("ss"),
            None if c == 'Æ' => out.push_str("AE"),
            None if c == 'æ' => out.push_str("ae"),
            None => out.push('?'),
        }
    }
    out
}

enum Folded {
    /// GSM-7 has it.
    Same,
    /// Something near.
    To(&'static str),
    /// Nothing.
    Lost,
}

fn folded(c: char) -> Folded {
    if cost(c).is_some() {
        return Folded::Same;
    }
    match nearest(&NEAREST, c) {
        Some(nearest) => Folded::To(nearest),
        // An accent on its own, as some keyboards type it: its letter came before.
        None if ('\u{300}'..='\u{36f}').contains(&c) => Folded::To(""),
        None => Folded::Lost,
    }
}

fn nearest(rows: &[(&str, &'static str)], c: char) -> Option<&'static str> {
    rows.iter().find(|(of, _)| of.contains(c)).map(|(_, nearest)| *nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_is_the_standards() {
        // 128 places, of which one is the escape and one the carriage return.
        assert_eq!(BASIC.chars().count(), 126);
        assert_eq!(EXTENSION.chars().count(), 9);
        for c in "éèùìòÇØøÅåÄÖÑÜäöñüàßÉÆæ¡¿§£¥@$_ΔΩ\n".chars() {
            assert_eq!(cost(c), Some(1), "{c}");
        }
        for c in "^{}\\[~]|€".chars() {
            assert_eq!(cost(c), Some(2), "{c}");
        }
        for c in "êçáíóúãõœÀÈ`’…–\u{a0}\t\u{0}日🙂".chars() {
            assert_eq!(cost(c), None, "{c}");
        }
    }

    #[test]
    fn what_it_lacks_is_folded() {
        for (text, sent) in [
            ("Où êtes-vous\u{a0}? Ça, c’est l’œuvre", "Où etes-vous ? Ça, c'est l'oeuvre"),
            ("É à è é ù", "É à è é ù"),
            ("À jamais", "A jamais"),
            ("não dê a ninguém às mãos", "nao de a ninguém às maos"),
            ("¿No fue usted? Sí, año", "¿No fue usted? Si, año"),
            ("größer Ärger, „ja“", "größer Ärger, \"ja\""),
            ("één keer – ideeën", "één keer - ideeen"),
            ("perché è già così, òra", "perché è già così, òra"),
            ("Łódź, Dvořák, Ştefan", "Lodz, Dvorak, Stefan"),
            ("e\u{301}t", "et"),
            ("Acme® [IT] €5", "Acme [IT] €5"),
            ("日本 🙂", "?? ?"),
        ] {
            assert_eq!(fold(text), sent);
            assert!(septets(sent).is_some() && sent.len() <= text.len());
        }
        for (of, nearest) in NEAREST.into_iter().chain(ACCENTED) {
            assert!(septets(nearest).is_some(), "{nearest}");
            for c in of.chars() {
                assert!(nearest.len() <= c.len_utf8(), "{c} grows");
            }
        }
        assert!(NEAREST.iter().flat_map(|(of, _)| of.chars()).all(|c| cost(c).is_none()));
        assert_eq!(lost("Größe ê’… {x}"), None);
        assert_eq!(lost("Größe 日"), Some('日'));
    }

    #[test]
    fn names_become_sendable() {
        assert_eq!(clean("Müller & Söhne", 40), "Müller & Söhne");
        assert_eq!(clean("Café [IT]", 40), "Café  IT");
        assert_eq!(clean("日本", 40), "??");
        assert_eq!(clean("A long name indeed", 6), "A long");
        assert_eq!(clean("\u{a0} Œuvre ", 3), "OEu");
        for name in ["Ünïcode ^_^", "`tick`", "a\u{0}b\nc", "€ {}"] {
            let clean = clean(name, 40);
            assert_eq!(septets(&clean), Some(clean.chars().count()), "{name}");
            assert!(!clean.contains('\n'));
        }
    }

    #[test]
    fn names_are_compared_without_accents() {
        assert_eq!(plain("Müller Ødegård, Çelik"), "Muller Odegard, Celik");
        assert_eq!(plain("Größe, Æble, Œil"), "Grosse, AEble, OEil");
        assert_eq!(plain("Ωmega 日"), "?mega ?");
    }

    #[test]
    fn segments_are_counted() {
        assert!(fits_one_segment(&"a".repeat(160)));
        assert!(fits_one_segment(&"é".repeat(160)));
        assert!(!fits_one_segment(&"a".repeat(161)));
        assert!(fits_one_segment(&"€".repeat(80)));
        assert!(!fits_one_segment(&"[".repeat(81)));
        assert!(!fits_one_segment("`"));
        assert!(!fits_one_segment("ê"));
    }
}
