//! What admins may do: look, and change what everybody depends on.

use shared::{Code, Millis};

use super::session::recent_second_factor;
use crate::store::{Role, Session};

/// Whether this session may see what admins set up.
///
/// # Errors
/// `AccountOff`, `Forbidden`.
pub fn may_look(who: &Session) -> Result<(), Code> {
    if !who.technician.account_on {
        return Err(Code::AccountOff);
    }
    if who.technician.role != Role::Admin {
        return Err(Code::Forbidden);
    }
    Ok(())
}

/// Whether this session may change it: an admin's, who proved the second factor a short while ago (design §9).
///
/// # Errors
/// `AccountOff`, `Forbidden` or `SecondFactorNeeded`.
pub fn may_change(who: &Session, now: Millis) -> Result<(), Code> {
    may_look(who)?;
    if recent_second_factor(who, now) { Ok(()) } else { Err(Code::SecondFactorNeeded) }
}
