//! The one HTTP client of the simulator: Twilio's callbacks go out through it (and the tests in).

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

pub(crate) use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// `app.localhost` and friends are this machine (RFC 6761 §6.3); not every system's resolver knows.
#[derive(Debug)]
struct Loopback;

impl Resolve for Loopback {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str();
            if host == "localhost" || host.ends_with(".localhost") {
                return Ok(
                    Box::new([SocketAddr::from((Ipv4Addr::LOCALHOST, 0))].into_iter()) as Addrs
                );
            }
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// No proxy, no redirects, and Twilio's 15 seconds for a webhook
/// (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the simulator makes an HTTP client"
)]
pub(crate) fn client() -> reqwest::Result<Client> {
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(15))
        // After a rush of texts the receiver must not be left with hundreds of idle connections.
        .pool_max_idle_per_host(8)
        .user_agent("TwilioProxy/1.1")
        .dns_resolver(Loopback)
        .build()
}
