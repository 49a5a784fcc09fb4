//! The outside world, on this machine: Microsoft Entra's token endpoint, Microsoft Graph v1.0, Twilio,
//! Duo, ConnectWise PSA, HaloPSA and Autotask PSA, over real HTTP, a receiver of webhooks, and a mail server over real SMTP, as
//! strict as the real ones and nasty on demand; the ticket screens of the three PSAs, with our pod in a
//! frame; and a page on which people see phones, mailboxes, directory and requests. It speaks the
//! companies' APIs and knows nothing of who calls: neither `server` nor `shared`.
//!
//! "SOURCES.md §n" in the comments names the vendor's page (`T§n` for Twilio, `D§n` for Duo,
//! `C§n` for ConnectWise, `H§n` for Halo, `A§n` for Autotask) in `simulator/SOURCES.md`;
//! \[K\] marks behaviour that no source confirms.

mod answer;
mod autotask;
mod clock;
mod connectwise;
mod credentials;
mod crowd;
mod dates;
mod directory;
mod duo;
mod entra;
mod fault;
mod front;
mod graph;
mod halo;
mod hold;
mod http;
mod page;
mod psa;
mod random;
mod receiver;
mod smtp;
mod state;
#[cfg(test)]
mod tests;
mod totp;
mod twilio;
mod world;

use std::collections::{HashMap, VecDeque};
use std::net::Ipv4Addr;

use anyhow::Context as _;
use tokio::net::TcpListener;

pub use crate::clock::Clock;
pub use crate::directory::{
    ApiKey, App, Certificate, DirectoryUser, Domain, EligibleGroup, Group, Line, NextLink, Owned,
    OwnedObjects, Phone, ScopedRole, Secret, SetBy, Tenant, TwilioAccount, Unit,
};
pub use crate::duo::{DuoDevice, DuoPush, DuoUser, PushAnswer, Standing};
pub use crate::entra::oidc::{DescriptionFault, OidcFault, OidcKnobs, OidcSignature};
pub use crate::fault::{Company, Fault};
pub use crate::hold::{Held, Moment};
pub use crate::psa::{
    AutotaskKnobs, ConnectWiseKnobs, HaloErrors, HaloKnobs, HaloOutcome, Psa, PsaCompany,
    PsaContact, PsaCredentials, PsaDesk, PsaNote, PsaPerson, PsaPick, PsaPod, PsaTicket,
};
pub use crate::receiver::Received;
pub use crate::smtp::{Mail, MailDoor};
pub use crate::state::{Callback, PasswordPatch, Recorded, Text};
pub use crate::world::World;

/// How a world is started.
pub struct Options {
    /// Where it listens.
    pub ports: Ports,
    /// Its time.
    pub clock: Clock,
    /// `otpauth://` addresses or base32 secrets, shown on the page as an authenticator app.
    pub authenticators: Vec<String>,
}

/// Where a world listens, always on loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// Free ports.
    Any,
    /// Page at +10, Entra +11, Graph +12, Twilio +13, mail +14, ConnectWise +15, Halo +16,
    /// Autotask +17, Duo +18, the receiver of webhooks +19.
    Base(u16),
}

impl Ports {
    async fn listen(self, offset: u16) -> anyhow::Result<(TcpListener, u16)> {
        let port = match self {
            Ports::Any => 0,
            Ports::Base(base) => base.checked_add(offset).context("the port base is too high")?,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| format!("port {port} on 127.0.0.1 cannot be used"))?;
        let port = listener.local_addr()?.port();
        Ok((listener, port))
    }
}

/// Starts a world with the sample directory; it runs until [`World::stop`].
pub async fn start(options: Options) -> anyhow::Result<World> {
    let authenticators = options
        .authenticators
        .iter()
        .map(|text| totp::Authenticator::parse(text))
        .collect::<Result<_, _>>()?;
    let sample = directory::sample(options.clock.now_ms())?;
    let psa = psa::sample(options.clock.now_ms())?;
    let state = state::State {
        tenants: sample.tenants,
        twilio: sample.twilio,
        tokens: HashMap::new(),
        assertions_seen: HashMap::new(),
        issuer: entra::oidc::Issuer::default(),
        messages: Vec::new(),
        patches: Vec::new(),
        faults: Vec::new(),
        holds: Vec::new(),
        requests: VecDeque::new(),
        callbacks: Vec::new(),
        authenticators,
        mail: smtp::Server::new(),
        duo: duo::sample()?,
        received: Vec::new(),
        psa,
    };
    let (page, page_port) = options.ports.listen(10).await?;
    let (entra, entra_port) = options.ports.listen(11).await?;
    let (graph, graph_port) = options.ports.listen(12).await?;
    let (twilio, twilio_port) = options.ports.listen(13).await?;
    let (mail, mail_port) = options.ports.listen(14).await?;
    let (connectwise, connectwise_port) = options.ports.listen(15).await?;
    let (halo, halo_port) = options.ports.listen(16).await?;
    let (autotask, autotask_port) = options.ports.listen(17).await?;
    let (duo, duo_port) = options.ports.listen(18).await?;
    let (receiver, receiver_port) = options.ports.listen(19).await?;
    let door = smtp::Door::new()?;
    let addresses = world::Addresses {
        page: format!("http://localhost:{page_port}"),
        entra: format!("http://127.0.0.1:{entra_port}"),
        graph: format!("http://127.0.0.1:{graph_port}"),
        twilio: format!("http://127.0.0.1:{twilio_port}"),
        duo: format!("http://127.0.0.1:{duo_port}"),
        receiver: format!("http://127.0.0.1:{receiver_port}"),
        psa: [connectwise_port, halo_port, autotask_port],
        smtp: format!("127.0.0.1:{mail_port}"),
        smtp_ca_pem: door.ca_pem.clone(),
    };
    let world = World::new(options.clock, addresses, http::client()?, state);
    world.track(front::serve_page(world.clone(), page::router(world.clone()), page));
    world.track(front::serve(world.clone(), Company::Entra, entra));
    world.track(front::serve(world.clone(), Company::Graph, graph));
    world.track(front::serve(world.clone(), Company::Twilio, twilio));
    world.track(front::serve(world.clone(), Company::Duo, duo));
    world.track(front::serve(world.clone(), Company::Receiver, receiver));
    world.track(front::serve(world.clone(), Company::ConnectWise, connectwise));
    world.track(front::serve(world.clone(), Company::Halo, halo));
    world.track(front::serve(world.clone(), Company::Autotask, autotask));
    world.track(smtp::serve(world.clone(), door, mail));
    Ok(world)
}
