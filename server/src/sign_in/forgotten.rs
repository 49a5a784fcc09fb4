//! A forgotten password: a mail with a one-time link to whoever signs in with the address. Whoever asks is
//! told the same in the same time, whatever is known of it, because the work is done after the answer.

use shared::Code;

use super::links::{self, LinkKind};
use super::{Refused, throttle};
use crate::app::App;
use crate::store::StoreError;

/// Asks for a link.
///
/// # Errors
/// [`Refused::TooMany`] from this address, whatever name is asked for.
pub async fn ask(app: &App, email: &str, address: &str) -> Result<(), Refused> {
    throttle::count_forgotten_from(app, address).await?;
    let (app, email) = (app.clone(), email.trim().to_lowercase());
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        match send(&app, &email).await {
            Ok(()) | Err(Refused::TooMany { .. } | Refused::Because(_)) => {}
            Err(error) => tracing::error!(error = %error, "a forgotten password"),
        }
    });
    Ok(())
}

/// Puts the mail into the outbox, if it is somebody's address and not too many went there.
async fn send(app: &App, email: &str) -> Result<(), Refused> {
    throttle::count_forgotten_name(app, email).await?;
    let Some(technician) = app.store.technician_by_email(email).await? else { return Ok(()) };
    let account = technician.account;
    // Nobody could get the link; an admin has to help.
    if !technician.account_on || !links::sends_mail(app, account).await? {
        return Ok(());
    }
    let link = links::make(app, account, LinkKind::Forgotten).await?;
    let now = app.clock.now();
    match app.store.forgotten_password(account, now, technician.id, &link.row()).await {
        Ok(()) => {
            app.resets.wake.notify_one();
            Ok(())
        }
        // Invited, and has never had one.
        Err(StoreError::MovedOn) => Err(Refused::Because(Code::NotFound)),
        Err(error) => Err(error.into()),
    }
}
