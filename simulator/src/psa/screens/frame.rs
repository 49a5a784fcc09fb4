//! The frame's address: what the admin pasted, with the ticket system's variables filled in.

use aws_lc_rs::hmac;
use data_encoding::BASE64;

use crate::psa::{Psa, PsaDesk, PsaPerson, PsaTicket};

/// The address for a ticket as somebody sees it; `None`: no pod is installed.
pub(super) fn address(
    desk: &PsaDesk,
    psa: Psa,
    ticket: &PsaTicket,
    person: &PsaPerson,
) -> Option<String> {
    let url = &desk.pod()?.url;
    let (id, agent) = (ticket.id.to_string(), person.id.to_string());
    Some(match psa {
        // The two that are documented (C§9).
        Psa::ConnectWise => url.replace("[cw_id]", &id).replace("[cw_screen]", "ticket"),
        Psa::Halo => {
            // Braces and dollar were seen, on buttons; the names for a tab are [K] (H§2).
            let mut url = url.clone();
            let user = ticket.contact.unwrap_or(0).to_string();
            let client = ticket.company.to_string();
            for (name, value) in [
                ("{$ID}", &id),
                ("{$id}", &id),
                ("{$FAULTID}", &id),
                ("{$AGENTID}", &agent),
                ("{$USERID}", &user),
                ("{$CLIENTID}", &client),
            ] {
                url = url.replace(name, value);
            }
            match &desk.halo.iframe_secret {
                None => url,
                Some(secret) => {
                    let signed = append(&url, "agent_id", &agent);
                    append(&signed, "hmac", &mac(secret, &agent))
                }
            }
        }
        // The real names are in the developer program's documents: [K] (A§7).
        Psa::Autotask if url.contains("{ticketId}") => url.replace("{ticketId}", &id),
        Psa::Autotask => append(url, "ticketId", &id),
    })
}

/// `base64(HMAC-SHA256(secret, agent id))`: constant for ever, and covers nothing else (H§3).
fn mac(secret: &str, agent: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    BASE64.encode(hmac::sign(&key, agent.as_bytes()).as_ref())
}

/// One more parameter, before a fragment.
fn append(url: &str, name: &str, value: &str) -> String {
    let (front, fragment) = match url.split_once('#') {
        Some((front, fragment)) => (front, format!("#{fragment}")),
        None => (url, String::new()),
    };
    let mark = if front.contains('?') { '&' } else { '?' };
    let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    format!("{front}{mark}{name}={value}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_stands_before_the_fragment() {
        assert_eq!(append("http://a/b", "c", "d+e="), "http://a/b?c=d%2Be%3D");
        assert_eq!(append("http://a/b?x=1#y", "c", "d"), "http://a/b?x=1&c=d#y");
    }

    /// As `openssl dgst -sha256 -hmac secret -binary | base64` has it.
    #[test]
    fn signs_the_agent_and_nothing_else() {
        assert_eq!(mac("secret", "101"), "ZCpZm7Shzk0Cfox4wWffsGgq/WPT+HxrnPqJM09huNI=");
    }
}
