//! Where the pages that end users open are: one host for everybody, and hosts of single accounts.

use std::collections::BTreeMap;

use serde::Deserialize;
use shared::AccountId;

use super::{BadSettings, impossible, origin};
use crate::language::sms::LONGEST_ORIGIN;

/// The pages that end users open.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Origin of the links in texts. A host name of its own keeps cookies and scripts apart.
    pub origin: String,
    /// Hosts of single accounts: origin → the account's id.
    #[serde(default)]
    pub hosts: BTreeMap<String, AccountId>,
}

/// Whose links a host serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostOf {
    /// The one that everybody may use.
    AllAccounts,
    /// One account's own: to everybody else's links it answers as to a link that is not there.
    Account(AccountId),
    /// None of ours.
    Unknown,
}

impl HostOf {
    /// Whether a link of this account may be opened there.
    #[must_use]
    pub fn serves(self, account: AccountId) -> bool {
        match self {
            HostOf::AllAccounts => true,
            HostOf::Account(own) => own == account,
            HostOf::Unknown => false,
        }
    }

    /// Whose links alone may be opened there: `Some(None)` for everybody's, `None` for nobody's.
    #[must_use]
    pub fn only(self) -> Option<Option<AccountId>> {
        match self {
            HostOf::AllAccounts => Some(None),
            HostOf::Account(own) => Some(Some(own)),
            HostOf::Unknown => None,
        }
    }
}

impl Share {
    /// Whose links are served at what a `Host` header says. The port is the proxy's business.
    #[must_use]
    pub fn account_of(&self, host: &str) -> HostOf {
        let name = host_name(host);
        let is_at = |origin: &str| host_of(origin).eq_ignore_ascii_case(name);
        if is_at(&self.origin) {
            return HostOf::AllAccounts;
        }
        let own = self.hosts.iter().find(|(origin, _)| is_at(origin));
        own.map_or(HostOf::Unknown, |(_, account)| HostOf::Account(*account))
    }

    /// The origins that this account may have its links at, beside everybody's.
    #[must_use]
    pub fn of_account(&self, account: AccountId) -> Vec<&str> {
        let own = self.hosts.iter().filter(|(_, owner)| **owner == account);
        own.map(|(origin, _)| origin.trim_end_matches('/')).collect()
    }

    /// Where a link of this account goes: to the host that its brand chose, while the operator
    /// still gives it to that account; else to everybody's.
    #[must_use]
    pub fn origin_for(&self, account: AccountId, chosen: Option<&str>) -> &str {
        let own = self.of_account(account).into_iter().find(|own| Some(*own) == chosen);
        own.unwrap_or(&self.origin)
    }

    /// The longest origin that a link of this account may have.
    #[must_use]
    pub fn longest_for(&self, account: AccountId) -> &str {
        let all = self.of_account(account).into_iter().chain([self.origin.trim_end_matches('/')]);
        all.max_by_key(|origin| origin.len()).unwrap_or_default()
    }

    /// The origin that a `Host` header names; `None` for a host that is none of these.
    #[must_use]
    pub fn origin_of(&self, host: &str) -> Option<&str> {
        let name = host_name(host);
        let mut all = std::iter::once(&self.origin).chain(self.hosts.keys());
        all.find(|origin| host_of(origin).eq_ignore_ascii_case(name)).map(String::as_str)
    }

    /// Names contradictions among these hosts, and with our own origin.
    pub(super) fn check(&self, own: &url::Url) -> Result<(), BadSettings> {
        let share = origin("share.origin", &self.origin)?;
        short_enough("share.origin", &self.origin)?;
        if own.host_str() == share.host_str() {
            return impossible(format!(
                "server.origin and share.origin are both on {}: the pages that end users open need a host name of their own",
                own.host_str().unwrap_or_default()
            ));
        }
        let mut taken = vec![
            (own.host_str().map(str::to_owned), "server.origin".to_owned()),
            (share.host_str().map(str::to_owned), "share.origin".to_owned()),
        ];
        for text in self.hosts.keys() {
            let name = format!("share.hosts.\"{text}\"");
            let host = origin(&name, text)?.host_str().map(str::to_owned);
            short_enough(&name, text)?;
            if let Some((_, other)) = taken.iter().find(|(known, _)| *known == host) {
                return impossible(format!(
                    "{name} and {other} are both on {}: a link would not tell whose it is",
                    host.unwrap_or_default()
                ));
            }
            taken.push((host, name));
        }
        Ok(())
    }
}

/// A text message has 160 characters, and the link is only one of the things in it.
fn short_enough(name: &str, origin: &str) -> Result<(), BadSettings> {
    let length = origin.trim_end_matches('/').len();
    if length <= LONGEST_ORIGIN {
        return Ok(());
    }
    impossible(format!(
        "{name} has {length} characters: more than {LONGEST_ORIGIN}, and a text with such a link \
         would no longer be one message"
    ))
}

/// The host name of an origin, as [`host_name`] gives it.
fn host_of(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    host_name(rest.trim_end_matches('/'))
}

/// `name:port` without the port; an IPv6 address keeps its brackets.
fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether an origin is at the host that a `Host` header names.
#[must_use]
pub fn is_at(origin: &str, host: &str) -> bool {
    host_of(origin).eq_ignore_ascii_case(host_name(host))
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    const OURS: AccountId = AccountId(uuid::Uuid::from_u128(1));
    const THEIRS: AccountId = AccountId(uuid::Uuid::from_u128(2));

    fn settings(hosts: &[(&str, AccountId)]) -> Settings {
        let mut settings = Settings::defaults().unwrap();
        settings.server.origin = "https://reset.example".into();
        settings.share.origin = "https://s.example".into();
        settings.share.hosts = hosts.iter().map(|(host, id)| ((*host).to_owned(), *id)).collect();
        settings
    }

    #[test]
    fn a_host_is_everybodys_one_accounts_or_none() {
        let share = settings(&[
            ("https://go.ours.example", OURS),
            ("https://it.ours.example:8443/", OURS),
            ("https://go.theirs.example", THEIRS),
        ])
        .share;
        for (host, whose) in [
            ("s.example", HostOf::AllAccounts),
            ("S.example:443", HostOf::AllAccounts),
            ("go.ours.example", HostOf::Account(OURS)),
            ("GO.ours.example:443", HostOf::Account(OURS)),
            ("it.ours.example", HostOf::Account(OURS)),
            ("go.theirs.example", HostOf::Account(THEIRS)),
            ("reset.example", HostOf::Unknown),
            ("go.ours.example.evil.example", HostOf::Unknown),
            ("", HostOf::Unknown),
        ] {
            assert_eq!(share.account_of(host), whose, "{host}");
        }
        assert_eq!(
            share.of_account(OURS),
            ["https://go.ours.example", "https://it.ours.example:8443"]
        );
        assert!(HostOf::AllAccounts.serves(OURS) && HostOf::Account(OURS).serves(OURS));
        assert!(!HostOf::Account(THEIRS).serves(OURS) && !HostOf::Unknown.serves(OURS));
        for (chosen, goes) in [
            (Some("https://it.ours.example:8443"), "https://it.ours.example:8443"),
            (Some("https://go.theirs.example"), "https://s.example"),
            (Some("https://gone.example"), "https://s.example"),
            (None, "https://s.example"),
        ] {
            assert_eq!(share.origin_for(OURS, chosen), goes, "{chosen:?}");
        }
        assert_eq!(share.longest_for(OURS), "https://it.ours.example:8443");
        let nobody = AccountId(uuid::Uuid::nil());
        assert_eq!(share.longest_for(nobody), "https://s.example");
        assert_eq!(share.origin_of("go.ours.example:1"), Some("https://go.ours.example"));
        assert_eq!(share.origin_of("reset.example"), None);
    }

    #[test]
    fn two_origins_on_one_host_are_refused() {
        let told = |host: &str| settings(&[(host, OURS)]).check().unwrap_err().to_string();
        assert!(told("https://reset.example:444").contains("server.origin"));
        assert!(told("https://s.example").contains("share.origin"));
        assert!(told("https://go.example/x").contains("scheme, host and port"));
        assert!(told("http://go.example").contains("use https"));
        assert!(told("go.example").contains("share.hosts"));
        let long = format!("https://{}.example", "a".repeat(40));
        assert!(told(&long).contains("no longer be one message"));
        let twice = [("https://go.example", OURS), ("https://go.example:444", THEIRS)];
        let told = settings(&twice).check().unwrap_err().to_string();
        assert!(told.contains("both on go.example"), "{told}");
        settings(&[("https://go.example", OURS), ("https://it.example", OURS)]).check().unwrap();
    }

    #[test]
    fn hosts_are_read_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("msp-reset.toml");
        let id = "0192f5b4-0000-7000-8000-00000000000a";
        std::fs::write(&file, format!("[share.hosts]\n\"https://Go.Ours.example\" = \"{id}\"\n"))
            .unwrap();
        let bad = Settings::read(Some(&file)).unwrap_err().to_string();
        assert!(bad.contains("scheme, host and port"), "written as browsers write it: {bad}");
        std::fs::write(&file, format!("[share.hosts]\n\"https://go.ours.example\" = \"{id}\"\n"))
            .unwrap();
        let share = Settings::read(Some(&file)).unwrap().share;
        let HostOf::Account(account) = share.account_of("go.ours.example") else { panic!() };
        assert_eq!(account.to_string(), id);
    }
}
