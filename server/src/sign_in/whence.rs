//! From where somebody signs in, as people recognise their own: a browser's name of what it calls itself,
//! and a network without its last part. Proof of nothing.

use std::net::IpAddr;

/// Later ones claim to be earlier ones too: the first that fits is it.
const BROWSERS: [(&str, &str); 5] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 6] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// `Edge on Windows`.
#[must_use]
pub fn browser(user_agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(sign, _)| user_agent.contains(sign)).map(|(_, name)| *name)
    };
    match (first(&BROWSERS), first(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "A browser that does not say which".to_owned(),
    }
}

/// `203.0.113.x`, `2001:db8:1::x`: enough to tell home from elsewhere, too little to find somebody.
#[must_use]
pub fn masked(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(v4)) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.x")
        }
        Ok(IpAddr::V6(v6)) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::x")
        }
        Err(_) => "an unknown address".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{browser, masked};

    #[test]
    fn networks_lose_their_last_part() {
        for (address, said) in [
            ("203.0.113.9", "203.0.113.x"),
            ("::ffff:203.0.113.9", "203.0.113.x"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::x"),
            ("unknown", "an unknown address"),
        ] {
            assert_eq!(masked(address), said);
        }
    }

    #[test]
    fn browsers_are_named_as_people_know_them() {
        for (user_agent, said) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/144.0.0.0 Safari/537.36 Edg/144.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/144.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like \
                 Gecko) Version/26.0 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; rv:146.0) Gecko/20100101 Firefox/146.0",
                "Firefox on Windows",
            ),
            ("curl/8.5.0", "A browser that does not say which"),
            ("", "A browser that does not say which"),
        ] {
            assert_eq!(browser(user_agent), said);
        }
    }
}
