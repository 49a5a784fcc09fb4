//! The ticket screens.

use crate::front::{Answer, Call};
use crate::psa::Psa;
use crate::world::World;

pub(crate) fn answer(_world: &World, _psa: Psa, _call: &Call) -> Option<Answer> {
    None
}
