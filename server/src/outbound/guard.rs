//! The guard at the door: which addresses may be called. HTTP and mail pass the same one.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use url::Url;

use super::{BadOutbound, address};

/// Which addresses may be called.
pub(super) struct Guard {
    /// Origins that the operator lists, such as `http://127.0.0.1:4411`.
    allowed: Vec<String>,
    /// Mail servers that the operator lists, such as `smtp://127.0.0.1:4414`.
    mail: Vec<String>,
}

impl Guard {
    /// Reads the operator's list.
    pub(super) fn new(allow: &str) -> Result<Self, BadOutbound> {
        let (mut allowed, mut mail) = (Vec::new(), Vec::new());
        for entry in allow.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let bad = || BadOutbound::Entry(entry.into());
            let url = Url::parse(entry).map_err(|_| bad())?;
            let host = url.host_str().ok_or_else(bad)?.to_lowercase();
            if !matches!(url.scheme(), "https" | "smtps") && !address::is_loopback_host(&host) {
                return Err(BadOutbound::Plain(entry.into()));
            }
            match (url.scheme(), url.port(), url.path()) {
                ("http" | "https", _, "/") => allowed.push(url.origin().ascii_serialization()),
                ("smtp" | "smtps", Some(port), "" | "/") => {
                    mail.push(format!("{}://{host}:{port}", url.scheme()));
                }
                _ => return Err(bad()),
            }
        }
        Ok(Self { allowed, mail })
    }

    /// Where a mail server may be connected to: what was checked is what is connected to. Empty
    /// when it leads to no address that may be called; in the clear only where the operator lists it
    /// on this machine.
    pub(super) async fn mail_server(
        &self,
        host: &str,
        port: u16,
        encrypted: bool,
    ) -> std::io::Result<Vec<SocketAddr>> {
        let lists = |scheme: &str| {
            let entry = format!("{scheme}://{}:{port}", host.to_lowercase());
            self.mail.contains(&entry)
        };
        if !encrypted && !lists("smtp") {
            return Ok(Vec::new());
        }
        let mut found = lookup(host, port, lists("smtp") || lists("smtps")).await?;
        // A name is not enough: what answers for it may send us, and the password, elsewhere.
        found.retain(|address| encrypted || address.ip().is_loopback());
        Ok(found)
    }

    fn lists(&self, url: &Url) -> bool {
        self.allowed.contains(&url.origin().ascii_serialization())
    }

    /// Scheme, and hosts that are addresses themselves; names are checked when they are resolved.
    pub(super) fn check(&self, url: &Url) -> Result<(), String> {
        if self.lists(url) {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err("only https may be called".into());
        }
        // Its name may lead to where nobody else may: then to the port that is listed, and no other.
        if url.host_str().is_some_and(|host| self.lists_host(host)) {
            return Err("this host is listed with another scheme or port".into());
        }
        let ip: Option<IpAddr> = match url.host() {
            Some(url::Host::Ipv4(ip)) => Some(ip.into()),
            Some(url::Host::Ipv6(ip)) => Some(ip.into()),
            Some(url::Host::Domain(_)) => None,
            None => return Err("no host".into()),
        };
        match ip {
            Some(ip) if !address::is_public(ip) => Err("the address is not a public one".into()),
            _ => Ok(()),
        }
    }

    pub(super) fn lists_host(&self, host: &str) -> bool {
        self.allowed.iter().any(|origin| {
            Url::parse(origin).is_ok_and(|url| url.host_str().is_some_and(|h| h == host))
        })
    }
}

/// The addresses behind a name that may be called: public ones, or all when the name is listed.
pub(super) async fn lookup(
    name: &str,
    port: u16,
    listed: bool,
) -> std::io::Result<Vec<SocketAddr>> {
    let found = tokio::net::lookup_host((name.trim_matches(['[', ']']), port)).await?;
    Ok(found.filter(|address| listed || address::is_public(address.ip())).collect())
}

/// The first address that answers; each gets its part of the time, so that a dead one does not hide
/// the next.
pub(super) async fn reach(found: &[SocketAddr], time: Duration) -> Option<TcpStream> {
    let part = time / u32::try_from(found.len()).unwrap_or(u32::MAX).max(1);
    for address in found {
        let tried = tokio::time::timeout(part, TcpStream::connect(address)).await;
        if let Ok(Ok(socket)) = tried {
            return Some(socket);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_list_is_checked() {
        assert!(Guard::new("http://127.0.0.1:4411, https://psa.internal:8443").is_ok());
        assert!(Guard::new("smtp://127.0.0.1:4414, smtps://mail.internal:587").is_ok());
        for bad in [
            "psa.internal",
            "http://psa.internal",
            "https://psa.internal/path",
            "smtp://mail.internal:25",
            "smtp://127.0.0.1",
            "smtps://mail.internal:587/path",
            "ftp://127.0.0.1:21",
        ] {
            assert!(Guard::new(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_mail_server_passes_the_same_guard() {
        let guard = Guard::new("smtp://127.0.0.1:25, smtps://127.0.0.2:587").unwrap();
        let found = async |host, port, encrypted| {
            !guard.mail_server(host, port, encrypted).await.unwrap().is_empty()
        };
        assert!(found("127.0.0.1", 25, false).await && found("127.0.0.1", 25, true).await);
        assert!(found("127.0.0.2", 587, true).await && found("8.8.8.8", 25, true).await);
        // In the clear only where it is listed as such.
        assert!(!found("127.0.0.2", 587, false).await && !found("8.8.8.8", 25, false).await);
        // A port beside the listed one, and what nobody listed.
        assert!(!found("127.0.0.1", 26, true).await && !found("10.0.0.1", 25, true).await);
        assert!(!found("[::1]", 25, true).await && !found("localhost", 25, true).await);
    }
}
