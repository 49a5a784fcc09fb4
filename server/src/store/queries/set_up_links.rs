//! One-time links: put in the place of earlier ones, with the mail that carries them.

use shared::{AccountId, Millis, TechnicianId};

use super::super::Write;
use crate::store::{MAIL_PATIENCE_MS, MailKind, NewLink, OutboxKind, StoreError};

/// How a link reaches its person, for the audit.
pub(super) fn said_of(link: &NewLink<'_>) -> &'static str {
    match link.mail {
        Some(_) => "by mail",
        None => "link shown to the admin",
    }
}

/// A link that is void has no mail to come.
pub(super) async fn void_link_mails(
    write: &mut Write,
    account: AccountId,
    id: TechnicianId,
) -> Result<(), StoreError> {
    sqlx::query(
        "delete from outbox where account = $1 and recipient = $2 and kind = 'mail-link'
             and state = 'waiting'",
    )
    .bind(account.0)
    .bind(id.0)
    .execute(write.db())
    .await?;
    Ok(())
}

/// Puts a link in place of any earlier one, with its mail: for somebody who has a password, or for
/// somebody who has none yet.
pub(super) async fn put_link(
    write: &mut Write,
    account: AccountId,
    id: TechnicianId,
    link: &NewLink<'_>,
    has_password: bool,
    now: Millis,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "update technicians set set_up_hash = $3, set_up_until = $4
         where account = $1 and id = $2 and ended_at is null and (password_hash is not null) = $5",
    )
    .bind(account.0)
    .bind(id.0)
    .bind(link.hash)
    .bind(link.until.0)
    .bind(has_password);
    write.one(query).await?;
    void_link_mails(write, account, id).await?;
    let Some(mail) = &link.mail else { return Ok(()) };
    sqlx::query(
        "insert into outbox (id, account, kind, recipient, state, due_at, give_up_at, about,
             token_sealed)
         values ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8)",
    )
    .bind(mail.id)
    .bind(account.0)
    .bind(OutboxKind::Mail(MailKind::Link).as_str())
    .bind(id.0)
    .bind(now.0)
    // Nobody needs a mail with a link that is over.
    .bind(link.until.min(now.plus(MAIL_PATIENCE_MS)).0)
    .bind(mail.about)
    .bind(mail.token_sealed)
    .execute(write.db())
    .await?;
    Ok(())
}
