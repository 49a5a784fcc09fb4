//! `[duo]`: where customers' Duo is.

use serde::Deserialize;

use super::{BadSettings, cloud_host, entries, impossible};

/// Where customers' Duo is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duo {
    /// Domains that an API hostname may be in; comma separated.
    pub domains: String,
    /// Where the API of a hostname is called: an origin, `{host}` stands for the hostname.
    pub base: String,
}

impl Duo {
    /// Whether this is an API hostname of Duo's: `api-xxxxxxxx` in one of the domains. It becomes a part
    /// of an address that gets signatures, so nothing else may get through.
    #[must_use]
    pub fn knows(&self, host: &str) -> bool {
        entries(&self.domains).any(|domain| {
            let name = host.strip_suffix(domain).and_then(|rest| rest.strip_suffix('.'));
            let name = name.and_then(|name| name.strip_prefix("api-"));
            name.is_some_and(|name| {
                (1..=32).contains(&name.len())
                    && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            })
        })
    }

    /// The origin that is called for this hostname.
    #[must_use]
    pub fn base_of(&self, host: &str) -> String {
        self.base.replace("{host}", host)
    }

    /// Names contradictions.
    ///
    /// # Errors
    /// [`BadSettings::Impossible`] with a sentence for the operator.
    pub(super) fn check(&self) -> Result<(), BadSettings> {
        if let Some(bad) = entries(&self.domains).find(|domain| {
            !domain.contains('.')
                || domain.starts_with('.')
                || !domain.bytes().all(|byte| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte)
                })
        }) {
            return impossible(format!(
                "duo.domains: \"{bad}\" is no domain such as duosecurity.com"
            ));
        }
        cloud_host("duo.base", &self.base_of("api-x.duosecurity.com"))
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    #[test]
    fn only_api_hostnames_of_duo_are_called() {
        let duo = Settings::defaults().unwrap().duo;
        for good in ["api-1a2b3c4d.duosecurity.com", "api-abc.duofederal.com"] {
            assert!(duo.knows(good), "{good}");
            assert_eq!(duo.base_of(good), format!("https://{good}"));
        }
        for bad in [
            "",
            "api-1.example",
            "duosecurity.com",
            "api-.duosecurity.com",
            "api-1.evilduosecurity.com",
            "api-1.x.duosecurity.com",
            "api-1.duosecurity.com.evil.example",
            "api-1@evil.example/.duosecurity.com",
            "api-A.duosecurity.com",
            "admin-1.duosecurity.com",
        ] {
            assert!(!duo.knows(bad), "{bad}");
        }
    }

    #[test]
    fn what_can_not_be_right_is_named() {
        let says = |domains: &str, base: &str, part: &str| {
            let mut settings = Settings::defaults().unwrap();
            settings.duo.domains = domains.into();
            settings.duo.base = base.into();
            let told = settings.check().unwrap_err().to_string();
            assert!(told.contains(part), "{told}");
        };
        says("duosecurity", "https://{host}", "no domain");
        says("duosecurity.com", "http://{host}", "use https");
        says("duosecurity.com", "https://{host}/v2", "scheme and host only");
    }
}
