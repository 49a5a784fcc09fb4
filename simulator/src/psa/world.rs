//! The ticket systems as tests and the page hold them.

use super::Psa;
use super::desk::{PsaDesk, PsaNote, PsaPod};
use crate::world::World;

impl World {
    /// Where a ticket system's API is: `http://127.0.0.1:PORT`.
    pub fn psa_api_url(&self, psa: Psa) -> String {
        format!("http://127.0.0.1:{}", self.psa_port(psa))
    }

    /// Where people see it: `http://cw.localhost:PORT`, the origin of its screens.
    pub fn psa_site_url(&self, psa: Psa) -> String {
        format!("http://{}:{}", psa.host(), self.psa_port(psa))
    }

    /// Looks at everything that a ticket system knows, or changes it.
    pub fn with_psa<R>(&self, psa: Psa, change: impl FnOnce(&mut PsaDesk) -> R) -> R {
        self.change(|state| change(state.psa.desk_mut(psa)))
    }

    /// The notes of a ticket, oldest first.
    pub fn psa_notes(&self, psa: Psa, ticket: i64) -> Vec<PsaNote> {
        self.read(|state| {
            let notes = state.psa.desk(psa).numbered(Some(ticket));
            notes.map(|(_, note)| note.clone()).collect()
        })
    }

    /// Waits (a minute at most) until a ticket has `count` notes; the last of them.
    pub async fn wait_for_psa_note(&self, psa: Psa, ticket: i64, count: usize) -> Option<PsaNote> {
        let last = count.checked_sub(1)?;
        self.wait_for(|| self.psa_notes(psa, ticket).into_iter().nth(last)).await
    }

    /// What the ticket system's admin pasted: the pod's address with the system's own variables in it.
    /// Takes the place of pods that were there; an empty one takes them away.
    pub fn set_psa_pod(&self, psa: Psa, url: &str) {
        let url = url.trim();
        self.with_psa(psa, |desk| {
            let id = desk.pods.iter().map(|pod| pod.id).max().unwrap_or(0) + 1;
            desk.pods.clear();
            if !url.is_empty() {
                desk.pods.push(PsaPod::new(id, url));
            }
        });
    }

    /// The address of the pod on the ticket screen, variables and all.
    pub fn psa_pod(&self, psa: Psa) -> Option<String> {
        self.read(|state| state.psa.desk(psa).pod().map(|pod| pod.url.clone()))
    }

    /// The ticket screen as somebody sees it, by their login.
    pub fn psa_ticket_url(&self, psa: Psa, ticket: i64, person: &str) -> String {
        let person: String = url::form_urlencoded::byte_serialize(person.as_bytes()).collect();
        format!("{}/tickets/{ticket}?as={person}", self.psa_site_url(psa))
    }
}
