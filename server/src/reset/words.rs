//! What tickets say of a reset, in English. Never a password, a code or a link.

use shared::{Code, Millis};

use super::Resets;
use super::share_notes::phone_then;
use crate::language::Language;
use crate::store::{OutboxKind, OutboxRow, OutboxState, Reset, StoreError};
use crate::verification;

/// What came of the person's sessions, where they were to end.
fn sessions(rows: &[OutboxRow]) -> String {
    let row = rows.iter().find(|row| row.kind == OutboxKind::Sessions);
    match row.map(|row| (row.state, row.code)) {
        None => String::new(),
        Some((OutboxState::Done, _)) => "Signed out everywhere.\n".into(),
        Some((OutboxState::Failed, code)) => {
            let words = code.unwrap_or(Code::Internal).words();
            let next = match code {
                Some(Code::SessionsPermission) => words.next,
                _ => "If it matters, revoke their sessions in Entra.",
            };
            format!("Not signed out elsewhere: {} {next}\n", words.what)
        }
        Some((OutboxState::Waiting, _)) => "Signing out everywhere is still to be done.\n".into(),
    }
}

/// The internal note in the ticket.
pub(super) async fn note(
    resets: &Resets,
    reset: &Reset,
    row: &OutboxRow,
) -> Result<String, StoreError> {
    let store = &resets.store;
    // The code itself is gone once it has been used.
    let share = store.share_of(reset.account, reset.id).await?;
    let unlocks = share.as_ref().is_some_and(|share| share.unlock_hash.is_some());
    if row.kind == OutboxKind::NoteLink {
        let unlock = if unlocks { " It needs a new unlock code." } else { "" };
        return Ok(format!(
            "{} gets a new one-time link for the same password, to {}. The one before it no longer \
             works.{unlock}",
            reset.person,
            phone_then(row, reset)
        ));
    }
    let verified = store
        .verification(reset.account, reset.verification)
        .await?
        .map(|v| {
            let at = v.verified_at.map(utc).unwrap_or_default();
            let by = verification::by(v.channel).to_lowercase();
            let vouched = match (&v.voucher_name, &v.note) {
                (Some(voucher), Some(note)) => format!(". {voucher} vouched for them: {note}"),
                _ => String::new(),
            };
            format!(
                "Verified by {by} to {}, asked for by {}, {at}{vouched}",
                v.masked, v.technician_name
            )
        })
        .unwrap_or_default();
    let approved = match reset.approval {
        Some(id) => store.approval(reset.account, id).await?,
        None => None,
    };
    let approved = approved
        .and_then(|it| it.answered_by_name)
        .map(|name| format!("Approved by {name}.\n"))
        .unwrap_or_default();
    let warned = warned(&reset.warnings);
    let rows = store.outbox_of(reset.account, reset.id).await?;
    let text = rows.iter().rev().find(|row| row.kind == OutboxKind::Text);
    let sent = match text.map(|row| (row.state, row.done_at, row.code)) {
        Some((OutboxState::Done, Some(at), _)) => {
            let until = share.as_ref().and_then(|share| share.expires_at).map(utc);
            let until = until.map(|until| format!("; it can be opened until {until}"));
            let until = until.unwrap_or_default();
            format!("One-time link texted to {}, {}{until}", reset.phone_masked, utc(at))
        }
        Some((OutboxState::Failed, _, Some(code))) => {
            let what = code.words().what.trim_end_matches('.');
            format!("The one-time link could not be texted yet: {what}")
        }
        _ => format!("The one-time link is on its way to {}", reset.phone_masked),
    };
    let new_phone = match reset.phone_changed_at {
        Some(at) => format!(
            "\nThe phone registered at Microsoft was a new one: the change was noticed {}. An unlock \
             code was needed.",
            utc(at)
        ),
        None => String::new(),
    };
    let factor = match (reset.one_factor, unlocks) {
        (true, true) => {
            "One factor: the verifying phone also got the link, so an unlock code was needed."
        }
        (true, false) => "One factor: the verifying phone also got the link.",
        (false, _) => "Two factors.",
    };
    let sessions = sessions(&rows);
    Ok(format!(
        "Microsoft 365 password reset for {} by {}, {}.\n{verified}.\n{approved}{sent}.\n{factor}{new_phone}\n\
         {warned}{sessions}Nobody but the person can see the password.",
        reset.person,
        reset.technician_name,
        utc(reset.applied_at.unwrap_or(reset.asked_at)),
    ))
}

/// What the technician was warned of and went on.
fn warned(codes: &str) -> String {
    let codes = codes.split(' ').filter_map(Code::parse);
    codes.map(|code| format!("Warned of: {}\n", code.words().what)).collect()
}

/// `2026-11-22 14:05 UTC`: notes are read in many time zones.
pub(super) fn utc(at: Millis) -> String {
    Language::En.at(at)
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::staged;
    use super::*;

    #[test]
    fn the_note_tells_what_came_of_the_sessions() {
        let row = |state, code| OutboxRow {
            id: uuid::Uuid::nil(),
            account: staged().account,
            reset: Some(staged().id),
            integration: None,
            verification: None,
            kind: OutboxKind::Sessions,
            recipient: None,
            about: None,
            token_sealed: None,
            state,
            attempts: 1,
            give_up_at: Millis(0),
            code,
            done_at: None,
            delivered_at: None,
        };
        let failed = |code| sessions(&[row(OutboxState::Failed, Some(code))]);
        assert_eq!(sessions(&[]), "");
        assert_eq!(sessions(&[row(OutboxState::Done, None)]), "Signed out everywhere.\n");
        assert!(sessions(&[row(OutboxState::Waiting, None)]).contains("still to be done"));
        assert!(failed(Code::SessionsPermission).contains("User.RevokeSessions.All"));
        assert!(failed(Code::SessionsPermission).contains("grant it"));
        let away = failed(Code::MicrosoftUnavailable);
        assert!(
            away.contains("does not answer") && away.contains("revoke their sessions"),
            "{away}"
        );
    }

    #[test]
    fn times_are_plain() {
        assert_eq!(utc(Millis(0)), "1970-01-01 00:00 UTC");
        assert_eq!(utc(Millis(1_795_356_300_000)), "2026-11-22 14:05 UTC");
        assert_eq!(utc(Millis(951_782_400_000)), "2000-02-29 00:00 UTC");
    }
}
