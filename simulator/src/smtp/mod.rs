//! A submission server for mail, over real SMTP: strict about order, encryption and sign-in (RFC
//! 5321, 6409), and a mailbox for every address. Faults as for the other companies; each step of a
//! conversation is a request whose method is its verb, and what a mail carries counts as `DATA`.

mod auth;
mod conversation;
mod message;
mod tls;
mod wire;

use std::collections::HashSet;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::random;
use crate::world::World;

/// Who may send, as the sample's import says.
const USER: &str = "notify@brightline.example";

/// A mail that the server took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Of this copy; a mail that was sent twice has two.
    pub id: String,
    /// `Message-ID`: the same in both copies.
    pub message_id: String,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipient.
    pub to: String,
    /// The `From` header, decoded: name and address as a mailbox shows them.
    pub sender: String,
    /// The `To` header, decoded.
    pub recipient: String,
    /// `Subject`, decoded.
    pub subject: String,
    /// The text, decoded, with plain line ends.
    pub text: String,
    /// As it came over the wire, dots unstuffed.
    pub raw: String,
    /// When it was taken.
    pub at_ms: i64,
}

/// How the mail server wants to be spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailDoor {
    /// It offers STARTTLS, and talks about nothing else before.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// It offers no TLS and takes passwords in the clear, as careless servers do.
    Clear,
}

/// The server's state.
pub(crate) struct Server {
    password: String,
    door: MailDoor,
    unknown_domains: HashSet<String>,
    pub(crate) mails: Vec<Mail>,
}

impl Server {
    pub(crate) fn new() -> Self {
        Server {
            password: random::base64url::<18>(),
            door: MailDoor::Starttls,
            unknown_domains: HashSet::new(),
            mails: Vec::new(),
        }
    }
}

/// What listens, and the authority that signed its certificate.
pub(crate) struct Door {
    acceptor: TlsAcceptor,
    pub(crate) ca_pem: String,
}

impl Door {
    pub(crate) fn new() -> anyhow::Result<Self> {
        tls::door()
    }
}

impl World {
    /// Mails in this mailbox, oldest first.
    pub fn mails(&self, address: &str) -> Vec<Mail> {
        self.read(|state| {
            let here = |mail: &&Mail| mail.to.eq_ignore_ascii_case(address);
            state.mail.mails.iter().filter(here).cloned().collect()
        })
    }

    /// Every mail in every mailbox, oldest first.
    pub fn all_mails(&self) -> Vec<Mail> {
        self.read(|state| state.mail.mails.clone())
    }

    /// Waits (a minute at most) until this mailbox has `count` mails; the last of them.
    pub async fn wait_for_mail(&self, address: &str, count: usize) -> Option<Mail> {
        let last = count.checked_sub(1)?;
        self.wait_for(|| self.mails(address).into_iter().nth(last)).await
    }

    /// The password of `notify@brightline.example` at the mail server; random until it is set.
    pub fn smtp_password(&self) -> String {
        self.read(|state| state.mail.password.clone())
    }

    /// Changes that password.
    pub fn set_smtp_password(&self, password: &str) {
        self.change(|state| password.clone_into(&mut state.mail.password));
    }

    /// How the mail server wants to be spoken to from now on; at first by STARTTLS.
    pub fn set_mail_door(&self, door: MailDoor) {
        self.change(|state| state.mail.door = door);
    }

    /// Nobody has heard of this domain: its recipients are refused with 550.
    pub fn forget_mail_domain(&self, domain: &str) {
        self.change(|state| _ = state.mail.unknown_domains.insert(domain.to_ascii_lowercase()));
    }
}

/// Talks with whoever connects until the world stops.
pub(crate) async fn serve(world: World, door: Door, listener: TcpListener) {
    let stopped = world.stopped();
    loop {
        let accepted = tokio::select! {
            () = stopped.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((socket, _)) = accepted else { continue };
        let (stopped, acceptor) = (stopped.clone(), door.acceptor.clone());
        let talk = conversation::talk(world.clone(), acceptor, socket);
        world.track(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                // An error is a client that left or a fault that was asked for: nothing to report.
                _ = talk => {}
            }
        });
    }
}
