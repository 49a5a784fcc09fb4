//! Every setting, with its default, in one place. Read from `msp-reset.toml`, then from the
//! environment (`MSP_RESET__SECTION__KEY`), checked before anything starts.

mod directory;
mod duo;
mod psa;
mod share;
mod sms;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat};
use serde::Deserialize;

pub use directory::{Directory, Owners};
pub use duo::Duo;
pub use psa::Psa;
pub use share::{HostOf, Share, is_at};
pub use sms::{Region, Sms};

/// The defaults, as a file that can be copied and changed: `msp-reset defaults` prints it.
pub const DEFAULTS: &str = include_str!("../msp-reset.defaults.toml");

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where and as whom we are reached.
    pub server: Server,
    /// The pages that end users open.
    pub share: Share,
    /// The database.
    pub store: Store,
    /// The master key.
    pub keys: KeySource,
    /// Calls to other companies.
    pub outbound: Outbound,
    /// What the guard makes of answers that Microsoft's pages don't explain.
    pub directory: Directory,
    /// The reset engine.
    pub reset: Reset,
    /// Microsoft's clouds.
    pub clouds: Clouds,
    /// Where customers' Duo is.
    pub duo: Duo,
    /// Where PSAs are.
    pub psa: Psa,
    /// Where SMS providers are.
    pub sms: Sms,
    /// Looking after integrations.
    pub health: Health,
    /// What a new database begins with.
    pub first_start: FirstStart,
    /// The log.
    pub log: Log,
}

/// Where and as whom we are reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Our own origin as browsers see it, such as `https://reset.example`.
    pub origin: String,
    /// Addresses of proxies whose `X-Forwarded-For` is believed; comma separated.
    pub trusted_proxies: String,
}

impl Server {
    /// Whether this peer is a proxy of ours.
    #[must_use]
    pub fn trusts(&self, peer: IpAddr) -> bool {
        entries(&self.trusted_proxies).any(|entry| entry.parse() == Ok(peer))
    }
}

fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

/// The database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// Folder of the SQLite file.
    pub folder: PathBuf,
    /// `postgres://user:password@host/database`; empty: SQLite.
    pub url: Secret,
    /// Connections to PostgreSQL, at most, of this process.
    pub connections: u32,
}

/// A setting that holds a password: it can be used, and never be shown.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// What is inside.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "(empty)" } else { "(hidden)" })
    }
}

/// The master key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySource {
    /// File with 64 hex digits, mode 0600. Made on the first start of an empty SQLite database.
    pub file: PathBuf,
}

/// Calls to other companies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbound {
    /// Origins that may be called although they are plain http, loopback or private; comma
    /// separated. For demo and tests, and for a PSA in your own network (https there).
    pub allow: String,
    /// PEM file with certificate authorities to trust beside the system's; empty for none.
    pub ca_file: PathBuf,
    /// Time limit of one call, in milliseconds.
    pub timeout_ms: u64,
}

impl Outbound {
    /// Whether the operator lets mails go to this server in the clear.
    #[must_use]
    pub fn lists_mail(&self, host: &str, port: u16) -> bool {
        let entry = format!("smtp://{host}:{port}");
        entries(&self.allow).any(|listed| listed.eq_ignore_ascii_case(&entry))
    }
}

/// The reset engine.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// How long a driver may hold a reset or an outbox row, in milliseconds.
    pub lease_ms: i64,
    /// How often Microsoft is asked to set one password.
    pub tries: u32,
    /// How long after the click a password may still be set, in milliseconds (P12).
    pub apply_before_ms: i64,
}

/// Microsoft's clouds by their short names. Admins choose one; the hosts are the operator's.
pub type Clouds = BTreeMap<String, Cloud>;

/// One of Microsoft's clouds. Tokens, secrets and consents of one are worth nothing in another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cloud {
    /// What admins choose it by.
    pub label: String,
    /// Where tokens come from: an origin.
    pub login: String,
    /// Where Graph is: an origin.
    pub graph: String,
}

/// Looking after integrations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// How often each integration is checked, in hours; 0 for never.
    pub check_every_hours: u32,
}

/// What a new database begins with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstStart {
    /// The account's name: end users read it in texts.
    pub account: String,
    /// What the first admin signs in with.
    pub admin_email: String,
}

/// The log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `text` or `json`.
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, `trace`.
    pub level: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// A setting is missing, misspelt or contradicts another.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    /// The file or the environment can't be read as settings.
    #[error("the settings can't be read")]
    Unreadable(#[from] config::ConfigError),
    /// Readable, but not possible.
    #[error("{0}")]
    Impossible(String),
}

impl Settings {
    /// Reads defaults, then `file` (or `msp-reset.toml` where it exists), then the environment.
    ///
    /// # Errors
    /// When something can't be read, is unknown, or contradicts something else.
    pub fn read(file: Option<&Path>) -> Result<Self, BadSettings> {
        let own = match file {
            Some(path) => File::from(path).format(FileFormat::Toml).required(true),
            None => {
                File::from(Path::new("msp-reset.toml")).format(FileFormat::Toml).required(false)
            }
        };
        let settings: Self = Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .add_source(own)
            .add_source(
                Environment::with_prefix("MSP_RESET").prefix_separator("__").separator("__"),
            )
            .build()?
            .try_deserialize()?;
        settings.check()?;
        Ok(settings)
    }

    /// The defaults alone, for tests to start from.
    ///
    /// # Errors
    /// When the defaults that we ship are broken.
    pub fn defaults() -> Result<Self, BadSettings> {
        Ok(Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .build()?
            .try_deserialize()?)
    }

    /// Names contradictions.
    ///
    /// # Errors
    /// [`BadSettings::Impossible`] with a sentence for the operator.
    pub fn check(&self) -> Result<(), BadSettings> {
        let own = origin("server.origin", &self.server.origin)?;
        self.share.check(&own)?;
        self.duo.check()?;
        self.psa.check()?;
        for (name, cloud) in &self.clouds {
            cloud_host(&format!("clouds.{name}.login"), &cloud.login)?;
            cloud_host(&format!("clouds.{name}.graph"), &cloud.graph)?;
        }
        self.sms.check()?;
        if let Some(bad) =
            entries(&self.server.trusted_proxies).find(|entry| entry.parse::<IpAddr>().is_err())
        {
            return impossible(format!("server.trusted_proxies: \"{bad}\" is no IP address"));
        }
        if self.store.connections < 2 {
            return impossible("store.connections must be at least 2".into());
        }
        if self.reset.tries == 0 {
            return impossible("reset.tries is 0: no password could ever be set".into());
        }
        let timeout = i64::try_from(self.outbound.timeout_ms).unwrap_or(i64::MAX);
        if self.reset.lease_ms < timeout.saturating_mul(2) {
            return impossible(format!(
                "reset.lease_ms ({}) must be at least twice outbound.timeout_ms ({timeout}): otherwise a second driver starts while the first still waits for an answer",
                self.reset.lease_ms
            ));
        }
        if self.reset.apply_before_ms > 600_000 {
            return impossible(
                "reset.apply_before_ms is over 10 minutes: a late retry could overwrite a password that the person has chosen since".into(),
            );
        }
        Ok(())
    }
}

fn impossible<T>(why: String) -> Result<T, BadSettings> {
    Err(BadSettings::Impossible(why))
}

/// An origin that browsers treat as secure: https, or a `localhost` name.
fn origin(name: &str, text: &str) -> Result<url::Url, BadSettings> {
    let bad = |why: &str| BadSettings::Impossible(format!("{name} = \"{text}\": {why}"));
    let url = url::Url::parse(text).map_err(|_| bad("this is not an address"))?;
    let host = url.host_str().ok_or_else(|| bad("there is no host name in it"))?;
    if url.origin().ascii_serialization() != text.trim_end_matches('/') {
        return Err(bad("give scheme, host and port only, such as https://reset.example"));
    }
    let local = host == "localhost" || host.ends_with(".localhost");
    if url.scheme() != "https" && !(url.scheme() == "http" && local) {
        return Err(bad("use https; plain http works for names under localhost only"));
    }
    Ok(url)
}

/// An origin that may get a secret: encrypted, or on this machine (where `outbound.allow` must list
/// it as well).
fn cloud_host(name: &str, text: &str) -> Result<(), BadSettings> {
    let bad = |why: &str| BadSettings::Impossible(format!("{name} = \"{text}\": {why}"));
    let url = url::Url::parse(text).map_err(|_| bad("this is not an address"))?;
    if url.origin().ascii_serialization() != text {
        return Err(bad("give scheme and host only, such as https://graph.microsoft.com"));
    }
    let here = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(host)) => host == "localhost",
        None => false,
    };
    if url.scheme() == "https" || (url.scheme() == "http" && here) {
        return Ok(());
    }
    Err(bad("use https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clouds_are_encrypted_origins() {
        for (host, good) in [
            ("https://login.microsoftonline.com", true),
            ("http://127.0.0.1:4411", true),
            ("https://login.microsoftonline.com/", false),
            ("https://login.microsoftonline.com/tenant", false),
            ("http://login.microsoftonline.com", false),
            ("login.microsoftonline.com", false),
            ("", false),
        ] {
            let mut settings = Settings::defaults().unwrap();
            let cloud = Cloud { label: "X".into(), login: host.into(), graph: "https://g".into() };
            settings.clouds.insert("x".into(), cloud);
            assert_eq!(settings.check().is_ok(), good, "{host}");
        }
    }

    #[test]
    fn the_defaults_are_possible() {
        Settings::defaults().unwrap().check().unwrap();
    }

    #[test]
    fn a_password_in_a_setting_is_not_shown() {
        let mut settings = Settings::defaults().unwrap();
        settings.store.url = String::from("postgres://msp:hunter2@db/msp").into();
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn contradictions_are_named() {
        let check = |change: fn(&mut Settings), says: &str| {
            let mut settings = Settings::defaults().unwrap();
            change(&mut settings);
            let told = settings.check().unwrap_err().to_string();
            assert!(told.contains(says), "{told}");
        };
        check(|s| s.share.origin = s.server.origin.clone(), "host name of their own");
        check(|s| s.server.origin = "http://reset.example".into(), "use https");
        check(|s| s.server.origin = "https://reset.example/x".into(), "scheme, host and port");
        check(|s| s.reset.lease_ms = 100, "second driver");
        check(|s| s.reset.tries = 0, "no password");
        check(|s| s.store.connections = 1, "at least 2");
        check(|s| s.server.trusted_proxies = "10.0.0.1, proxy".into(), "no IP address");
        check(|s| s.reset.apply_before_ms = 600_001, "10 minutes");
    }
}
