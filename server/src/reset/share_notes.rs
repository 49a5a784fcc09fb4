//! What the ticket reads about a link: sent again, opened, tried again, and each way in which it
//! ends. Never a password, a code or a link.

use shared::Code;

use super::Resets;
use super::words::utc;
use crate::store::{NOTE_PATIENCE_MS, OutboxKind, OutboxRow, Reset, Share, StoreError};

/// Where the link of this row went when the row was written.
pub(super) fn phone_then<'a>(row: &'a OutboxRow, reset: &'a Reset) -> &'a str {
    row.about.as_deref().unwrap_or(&reset.phone_masked)
}

/// The note of this row; `None` when it is not about what happened to a link.
pub(super) async fn note(
    resets: &Resets,
    reset: &Reset,
    row: &OutboxRow,
) -> Result<Option<String>, StoreError> {
    let store = &resets.store;
    let person = &reset.person;
    // Rows are written in the moment that they tell of.
    let at = utc(row.give_up_at.plus(-NOTE_PATIENCE_MS));
    Ok(Some(match row.kind {
        OutboxKind::NoteAgain => format!(
            "The one-time link for {person} was asked for once more and is texted again, to {}, \
             {at}.",
            phone_then(row, reset)
        ),
        OutboxKind::NoteOpened => {
            let told = delivered(&store.outbox_of(reset.account, reset.id).await?);
            format!("{person} opened the one-time link and has the new password, {at}.{told}")
        }
        OutboxKind::NoteLate => format!(
            "Somebody tried the link for {person} again from another device after it was opened, \
             {at}, and got nothing. If {person} did not do that, ask who else has seen the text. \
             Further tries show where the reset was asked for."
        ),
        OutboxKind::NoteLocked => format!(
            "Five wrong unlock codes closed the one-time link for {person}, {at}. Its password is \
             kept: make sure that you speak to the caller you verified, then send a new link."
        ),
        OutboxKind::NoteExpired => {
            let told = delivered(&store.outbox_of(reset.account, reset.id).await?);
            format!(
                "The one-time link for {person} ended unopened, {at}.{told} Nobody has this \
                 password: verify the caller and reset it again."
            )
        }
        OutboxKind::NoteUnsent => {
            let rows = store.outbox_of(reset.account, reset.id).await?;
            // The one that this note was written for: another may have gone out since.
            let mut texts = rows.iter().rev().filter(|it| it.kind == OutboxKind::Text);
            let newest = texts.clone().next().map(|text| text.id);
            let text = texts.find(|text| text.id < row.id);
            let phone = match text.map(|text| text.id) == newest {
                true => reset.phone_masked.as_str(),
                false => "the phone before",
            };
            let words = text.and_then(|text| text.code).unwrap_or(Code::SmsUndelivered).words();
            format!(
                "The text with the one-time link for {person} did not reach {phone}, {at}: {} {}",
                words.what, words.next
            )
        }
        OutboxKind::NoteRevoked => {
            let share = store.share_of(reset.account, reset.id).await?;
            let by = match share.as_ref().and_then(|share| share.ended_by) {
                Some(by) => Some(
                    store
                        .technician(reset.account, by)
                        .await?
                        .map_or_else(|| "A technician".to_owned(), |who| who.name),
                ),
                None => None,
            };
            revoked(reset, share.as_ref(), by.as_deref(), &at)
        }
        _ => return Ok(None),
    }))
}

/// What the provider said of the newest text, where it said that it arrived.
fn delivered(rows: &[OutboxRow]) -> String {
    let text = rows.iter().rev().find(|row| row.kind == OutboxKind::Text);
    let at = text.and_then(|text| text.delivered_at).map(utc);
    at.map(|at| format!(" The provider says that its text arrived, {at}.")).unwrap_or_default()
}

/// Ended before its time, by a technician or by a newer reset.
fn revoked(reset: &Reset, share: Option<&Share>, by: Option<&str>, at: &str) -> String {
    let person = &reset.person;
    let opened = share.and_then(|share| share.opened_at).map(utc);
    match (opened, by) {
        _ if reset.applied_at.is_none() => format!(
            "{} ended this reset for {person}, {at}. Nobody has the new password, if Microsoft has \
             it; the old one may still work.",
            by.unwrap_or("A newer reset")
        ),
        (Some(opened), Some(by)) => format!(
            "{by} closed the one-time link for {person}, {at}. It was opened before, {opened}: \
             whoever did may have read the password. If that was not {person}, reset it again."
        ),
        (Some(opened), None) => format!(
            "A newer reset for {person} closed this one-time link, {at}. It was opened before, \
             {opened}; its password no longer counts."
        ),
        (None, Some(by)) => format!(
            "{by} closed the one-time link for {person} before it was opened, {at}. Nobody has this \
             password: verify the caller and reset it again."
        ),
        (None, None) => format!(
            "A newer reset for {person} closed this one-time link before it was opened, {at}."
        ),
    }
}

#[cfg(test)]
mod tests {
    use shared::Millis;

    use super::super::plan::tests::staged;
    use super::*;

    /// Each says who did it, and that somebody may have read it only where that is so.
    #[test]
    fn an_end_before_its_time_is_told_as_what_it_is() {
        let reset = Reset { applied_at: Some(Millis(0)), ..staged() };
        let told = |by| revoked(&reset, None, by, "now");
        assert!(told(Some("Ann")).starts_with("Ann closed"), "{}", told(Some("Ann")));
        assert!(told(Some("Ann")).contains("Nobody has this password"));
        assert!(told(None).starts_with("A newer reset") && !told(None).contains("Nobody"));
        let doubt = revoked(&staged(), None, Some("Ann"), "now");
        assert!(doubt.starts_with("Ann ended") && doubt.contains("may still work"), "{doubt}");
    }
}
