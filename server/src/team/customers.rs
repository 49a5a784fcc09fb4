//! Which customers a technician has, as admins say it.

use shared::{Code, TechnicianId};

use super::{may_change, person, refused, ring};
use crate::app::App;
use crate::integration::{FieldError, NotDone};
use crate::reach::Reach;
use crate::seal::Purpose;
use crate::sign_in::admins::may_look;
use crate::store::{Role, Session};

/// A technician's customers.
///
/// # Errors
/// `NotFound` for who is not there, not yours, or an admin: they have all.
pub async fn customers(app: &App, who: &Session, id: TechnicianId) -> Result<Reach, NotDone> {
    may_look(who)?;
    if person(app, who, id).await?.rights.role == Role::Admin {
        return Err(Code::NotFound.into());
    }
    Ok(app.store.reach(who.technician.account, id).await?)
}

/// Which version of it a form is made of, as a keyed hash.
#[must_use]
pub fn customers_version(app: &App, id: TechnicianId, reach: &Reach) -> String {
    let said = format!("{reach:?}");
    let parts: [&[u8]; 3] = [b"customers", id.0.as_bytes(), said.as_bytes()];
    data_encoding::HEXLOWER.encode(&app.keys.hash(Purpose::Form, &parts)[..16])
}

/// Gives a technician these customers. `seen` is the version that the form was made of. Open pods look again
/// at once.
///
/// # Errors
/// A list with nobody on it; `ChangedMeanwhile`; what [`may_change`] refuses.
pub async fn set_customers(
    app: &App,
    who: &Session,
    id: TechnicianId,
    seen: &str,
    new: &Reach,
) -> Result<(), NotDone> {
    may_change(app, who)?;
    let known = customers(app, who, id).await?;
    if customers_version(app, id, &known) != seen {
        return Err(Code::ChangedMeanwhile.into());
    }
    if *new == Reach::none() {
        return Err(NotDone::Fields(vec![FieldError {
            field: "customers",
            detail: "Tick at least one customer, or choose all of them.",
        }]));
    }
    if *new == known {
        return Ok(());
    }
    let (account, by, now) = (who.technician.account, who.technician.id, app.clock.now());
    app.store.set_reach(account, by, now, id, &known, new).await.map_err(refused)?;
    ring(app, who);
    Ok(())
}
