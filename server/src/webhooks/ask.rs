//! What an admin enters for a webhook, and what of it can't be right.

use shared::Code;
use url::Url;

use super::Event;
use crate::denied::Denied;
use crate::outbound::Outbound;
use crate::store::StoreError;

/// Longest address.
const URL_CHARS: usize = 500;

/// The form, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct WebhookAsk {
    /// Where to.
    pub url: String,
    /// What it tells.
    pub events: Vec<Event>,
    /// Whether names go with ids.
    pub with_names: bool,
}

/// Why nothing was saved.
#[derive(Debug)]
pub enum NotSaved {
    /// For this reason.
    Denied(Denied),
    /// Fields that can't be right: which, and what to do.
    Fields(Vec<(&'static str, &'static str)>),
}

impl From<Code> for NotSaved {
    fn from(code: Code) -> Self {
        Self::Denied(code.into())
    }
}

impl From<Denied> for NotSaved {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<StoreError> for NotSaved {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

impl WebhookAsk {
    /// What was entered, as it is kept: the address as programs write it, events in our order.
    ///
    /// # Errors
    /// Every field that can't be right.
    pub fn check(&self, outbound: &Outbound) -> Result<Self, NotSaved> {
        let mut wrong = Vec::new();
        let url = match address(&self.url, outbound) {
            Ok(url) => url,
            Err(words) => {
                wrong.push(("url", words));
                String::new()
            }
        };
        let chosen = Event::ALL.iter().copied().filter(|event| self.events.contains(event));
        let events: Vec<Event> = chosen.collect();
        if events.is_empty() {
            wrong.push(("events", "Choose what it tells, one thing at least."));
        }
        match wrong.is_empty() {
            true => Ok(Self { url, events, with_names: self.with_names }),
            false => Err(NotSaved::Fields(wrong)),
        }
    }
}

fn address(text: &str, outbound: &Outbound) -> Result<String, &'static str> {
    let text = text.trim();
    if text.len() > URL_CHARS {
        return Err("Enter an address of 500 characters at most.");
    }
    let url = Url::parse(text)
        .map_err(|_| "Enter the whole address, such as https://hooks.example.com/resets.")?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(
            "Leave out user name, password and # in the address: deliveries are signed instead.",
        );
    }
    if outbound.allows(&url).is_err() {
        return Err(
            "Enter an https address on the internet. This server calls no others, unless its operator \
             lists them.",
        );
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_that_cannot_be_right_is_named() {
        let settings = crate::settings::Outbound {
            allow: "http://127.0.0.1:4419".into(),
            ca_file: std::path::PathBuf::new(),
            timeout_ms: 500,
        };
        let outbound = Outbound::new(&settings).unwrap();
        let ask = |url: &str| WebhookAsk {
            url: url.into(),
            events: vec![Event::AuditHead, Event::ResetApplied, Event::AuditHead],
            with_names: false,
        };
        let kept = ask(" https://hooks.example.com ").check(&outbound).unwrap();
        assert_eq!(kept.url, "https://hooks.example.com/");
        assert_eq!(kept.events, [Event::ResetApplied, Event::AuditHead]);
        assert!(ask("http://127.0.0.1:4419/hook?a=b").check(&outbound).is_ok(), "it is listed");
        for bad in [
            "",
            "hooks.example.com",
            "http://hooks.example.com/",
            "https://127.0.0.1/",
            "https://169.254.169.254/latest",
            "https://user:secret@hooks.example.com/",
            "https://hooks.example.com/#part",
            "http://127.0.0.1:4420/",
            &format!("https://hooks.example.com/{}", "a".repeat(500)),
        ] {
            let Err(NotSaved::Fields(wrong)) = ask(bad).check(&outbound) else { panic!("{bad}") };
            assert_eq!(wrong[0].0, "url", "{bad}");
        }
        let nothing = WebhookAsk { events: Vec::new(), ..ask("") }.check(&outbound);
        let Err(NotSaved::Fields(wrong)) = nothing else { panic!() };
        assert_eq!(wrong.iter().map(|it| it.0).collect::<Vec<_>>(), ["url", "events"]);
    }
}
