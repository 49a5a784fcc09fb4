//! Trouble on demand: what goes wrong with the next request that matches.

use crate::front::Call;

/// Which stand-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Company {
    /// Microsoft Entra's token endpoint.
    Entra,
    /// Microsoft Graph v1.0.
    Graph,
    /// Twilio Messages.
    Twilio,
    /// Duo's Auth API.
    Duo,
    /// ConnectWise PSA's REST API.
    ConnectWise,
    /// HaloPSA's API.
    Halo,
    /// Autotask PSA's REST API.
    Autotask,
    /// Another system of the MSP's own, which webhooks are sent to.
    Receiver,
    /// The MSP's mail server: what HTTP calls a method is the verb, `Status` is SMTP's.
    Mail,
}

/// What goes wrong, once.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// The act is done; then the connection closes without a reply.
    ApplyThenDrop,
    /// The connection closes without a reply and nothing was done.
    DropBefore,
    /// Nothing is done; the company answers this status in its own shape.
    Status {
        /// The HTTP status.
        status: u16,
        /// Seconds for a `Retry-After` header; some services send none (SOURCES.md §4).
        retry_after: Option<u32>,
    },
    /// The act is done at once, the reply comes this much later (real time, whatever the clock).
    Slow {
        /// Milliseconds.
        ms: u64,
    },
    /// The act is done; headers and half the body arrive, then the connection closes.
    /// A reply without a body (204) has no half: there it is the same as [`Fault::ApplyThenDrop`].
    HalfReply,
    /// Nothing is done; what answers is a gateway before the company, in HTML.
    Html {
        /// The HTTP status; even a 200 may come from a captive portal.
        status: u16,
    },
    /// Nothing is done; Graph's error has an empty `code` and spells it `innererror`, as some of its
    /// backends do (SOURCES.md §4). Of another company the same as [`Fault::Status`].
    Bare {
        /// The HTTP status.
        status: u16,
    },
    /// Graph finds the password too simple (only for the `PATCH` of a user), and does nothing.
    RefusePassword,
}

/// A fault that waits for its request.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Queued {
    pub(crate) at: Company,
    pub(crate) matcher: Option<String>,
    pub(crate) fault: Fault,
}

impl Queued {
    pub(crate) fn matches(&self, call: &Call) -> bool {
        let line = |part: &String| match part.split_once('*') {
            Some((part, query)) => {
                format!("{} {}", call.method, call.path).contains(part)
                    && call.query.contains(query)
            }
            None => format!("{} {}", call.method, call.path).contains(part),
        };
        self.at == call.company
            && self.matcher.as_ref().is_none_or(line)
            && (self.fault != Fault::RefusePassword || call.method == "PATCH")
    }
}
