//! Which shield: one of the contact's own, or of somebody who vouches for them.

use shared::{ContactId, PodState, Shield};

/// Where a shield stands. Keys alone would not do: everybody has a phone at Microsoft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Whose it is, where it is not the contact's own.
    pub voucher: Option<ContactId>,
    /// The shield's key.
    pub key: String,
}

impl Spot {
    /// The shield there.
    pub(crate) fn of<'a>(&self, state: &'a PodState) -> Option<&'a Shield> {
        shields_of(state, self.voucher).iter().find(|shield| shield.key == self.key)
    }

    /// The same, to be changed.
    pub(crate) fn of_mut<'a>(&self, state: &'a mut PodState) -> Option<&'a mut Shield> {
        let shields = match self.voucher {
            None => &mut state.shields,
            Some(id) => &mut state.vouchers.iter_mut().find(|it| it.contact == id)?.shields,
        };
        shields.iter_mut().find(|shield| shield.key == self.key)
    }
}

/// The contact's own shields, or a voucher's.
pub(crate) fn shields_of(state: &PodState, voucher: Option<ContactId>) -> &[Shield] {
    match voucher {
        None => &state.shields,
        Some(id) => {
            let voucher = state.vouchers.iter().find(|it| it.contact == id);
            voucher.map_or(&[], |voucher| voucher.shields.as_slice())
        }
    }
}

/// All shields with where they stand, the contact's own first.
pub(crate) fn all(state: &PodState) -> Vec<(Spot, &Shield)> {
    let own = state.shields.iter().map(|shield| (None, shield));
    let theirs = state.vouchers.iter();
    let theirs = theirs.flat_map(|it| it.shields.iter().map(|shield| (Some(it.contact), shield)));
    let spot = |voucher, shield: &Shield| Spot { voucher, key: shield.key.clone() };
    own.chain(theirs).map(|(voucher, shield)| (spot(voucher, shield), shield)).collect()
}
