//! The MSP's ticket systems: what ConnectWise PSA, HaloPSA and Autotask PSA each keep, in one shape, from
//! which their replies and their ticket screens are made. Each has a desk of its own; all three begin with
//! the same sample. Their interfaces are in `connectwise`, `halo` and `autotask`, their screens in `screens`.

mod desk;
mod knobs;
mod sample;
pub(crate) mod screens;
mod world;

use std::collections::HashMap;

use crate::fault::Company;

pub use desk::{
    PsaCompany, PsaContact, PsaCredentials, PsaDesk, PsaNote, PsaPerson, PsaPod, PsaTicket,
};
pub use knobs::{AutotaskKnobs, ConnectWiseKnobs, HaloErrors, HaloKnobs, HaloOutcome, PsaPick};
pub(crate) use sample::sample;

/// Which ticket system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Psa {
    /// ConnectWise PSA (Manage).
    ConnectWise,
    /// HaloPSA.
    Halo,
    /// Autotask PSA.
    Autotask,
}

impl Psa {
    /// All three, in the order of their ports.
    pub const ALL: [Psa; 3] = [Psa::ConnectWise, Psa::Halo, Psa::Autotask];

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Psa::ConnectWise => "ConnectWise PSA",
            Psa::Halo => "HaloPSA",
            Psa::Autotask => "Autotask PSA",
        }
    }

    /// The host of its screens, without a port.
    pub(crate) fn host(self) -> &'static str {
        match self {
            Psa::ConnectWise => "cw.localhost",
            Psa::Halo => "halo.localhost",
            Psa::Autotask => "autotask.localhost",
        }
    }

    /// Which stand-in its requests are recorded under.
    pub(crate) fn company(self) -> Company {
        match self {
            Psa::ConnectWise => Company::ConnectWise,
            Psa::Halo => Company::Halo,
            Psa::Autotask => Company::Autotask,
        }
    }

    pub(crate) fn of(company: Company) -> Option<Psa> {
        Psa::ALL.into_iter().find(|psa| psa.company() == company)
    }

    fn place(self) -> usize {
        match self {
            Psa::ConnectWise => 0,
            Psa::Halo => 1,
            Psa::Autotask => 2,
        }
    }
}

/// The three desks, and what only their interfaces need to remember.
pub(crate) struct Office {
    desks: [PsaDesk; 3],
    /// When requests came that count towards ConnectWise's limit, oldest first.
    pub(crate) connectwise_hits: Vec<i64>,
    /// Halo's access tokens by their text.
    pub(crate) halo_tokens: HashMap<String, HaloToken>,
    /// When requests came that count towards Autotask's limit, oldest first.
    pub(crate) autotask_hits: Vec<i64>,
    /// Requests that are under way at Autotask, by endpoint.
    pub(crate) autotask_threads: HashMap<String, usize>,
}

/// An access token of Halo.
pub(crate) struct HaloToken {
    pub(crate) expires_ms: i64,
    pub(crate) scopes: Vec<String>,
    /// When it was used, oldest first; only while the limit is on.
    pub(crate) hits: Vec<i64>,
}

impl Office {
    pub(crate) fn desk(&self, psa: Psa) -> &PsaDesk {
        &self.desks[psa.place()]
    }

    pub(crate) fn desk_mut(&mut self, psa: Psa) -> &mut PsaDesk {
        &mut self.desks[psa.place()]
    }
}

/// Writes down a request among those of the last `window_ms`; how many they are with it.
pub(crate) fn count(hits: &mut Vec<i64>, now_ms: i64, window_ms: i64) -> usize {
    hits.retain(|at| *at > now_ms - window_ms);
    hits.push(now_ms);
    hits.len()
}
