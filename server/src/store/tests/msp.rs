//! An MSP as it is imported, and what is asked for in its name.

use shared::{
    AccountId, Channel, ContactId, CustomerId, IntegrationId, Millis, Outcome, ResetId, ShareId,
    Source, TechnicianId, TicketId, VerificationId,
};

use super::fixture::{CIPHERTEXT, CODE, HOUR, MINUTE, PROOF, START, after, new_id};
use crate::store::{
    ImportRow, NewTechnician, Owner, Reset, Role, Share, ShareStanding, Store, Verification,
};

/// An MSP with one of everything.
pub(super) struct Msp {
    pub(super) name: &'static str,
    pub(super) account: AccountId,
    /// An admin.
    pub(super) ann: TechnicianId,
    /// A technician who may not reset.
    pub(super) bob: TechnicianId,
    pub(super) customer: CustomerId,
    pub(super) carl: ContactId,
    pub(super) ticket: TicketId,
    pub(super) m365: IntegrationId,
    pub(super) sms: IntegrationId,
}

impl Msp {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            account: AccountId(new_id()),
            ann: TechnicianId(new_id()),
            bob: TechnicianId(new_id()),
            customer: CustomerId(new_id()),
            carl: ContactId(new_id()),
            ticket: TicketId(new_id()),
            m365: IntegrationId(new_id()),
            sms: IntegrationId(new_id()),
        }
    }

    /// What an import writes for it, parents first.
    pub(super) fn rows(&self) -> Vec<ImportRow> {
        let technician = |id, first: &str, role, may_reset| ImportRow::Technician {
            id,
            name: first.into(),
            email: format!("{}@{}.example", first.to_lowercase(), self.name),
            role,
            may_reset,
            may_use_ui: may_reset,
        };
        let integration = |id, customer, kind| ImportRow::Integration {
            id,
            customer,
            kind,
            name: format!("{kind} of {}", self.name),
            settings: "{}".into(),
        };
        vec![
            ImportRow::Account { id: self.account, name: self.name.into() },
            technician(self.ann, "Ann", Role::Admin, true),
            technician(self.bob, "Bob", Role::Technician, false),
            ImportRow::Customer { id: self.customer, name: "Contoso".into() },
            self.contact(self.carl, "Carl Carter", "carl@contoso.example"),
            self.about(self.ticket, "1001", "Cannot sign in", START),
            integration(self.m365, Some(self.customer), "m365"),
            integration(self.sms, None, "twilio"),
            ImportRow::Secret { kind: "m365", row: self.m365.0, sealed: b"sealed".to_vec() },
        ]
    }

    pub(super) fn contact(&self, id: ContactId, name: &str, email: &str) -> ImportRow {
        ImportRow::Contact {
            id,
            customer: self.customer,
            name: name.into(),
            email: email.into(),
            phones: vec!["+49 30 1234".into(), "555-0100".into()],
        }
    }

    /// A ticket about Carl.
    pub(super) fn about(
        &self,
        id: TicketId,
        number: &str,
        summary: &str,
        created_at: Millis,
    ) -> ImportRow {
        ImportRow::Ticket {
            id,
            customer: self.customer,
            contact: self.carl,
            number: number.into(),
            summary: summary.into(),
            created_at,
        }
    }

    pub(super) fn new_technician(email: &str) -> NewTechnician {
        NewTechnician {
            id: TechnicianId(new_id()),
            name: "Tess".into(),
            email: email.into(),
            role: Role::Technician,
            may_reset: true,
            may_use_ui: false,
            must_use_mfa: true,
        }
    }

    /// A verification of Carl whose code goes out at `now`, to a destination of its own.
    pub(super) fn verification(&self, now: Millis) -> Verification {
        let id = VerificationId(new_id());
        Verification {
            id,
            account: self.account,
            customer: self.customer,
            contact: self.carl,
            ticket: Some(self.ticket),
            ticket_number: None,
            technician: self.ann,
            technician_name: String::new(),
            directory_user: Some("carl-at-microsoft".into()),
            channel: Channel::SmsCode,
            source: Source::Microsoft,
            destination_hash: id.0.as_bytes().to_vec(),
            contact_hash: b"what the card said".to_vec(),
            masked: "•••• 34".into(),
            code_hash: CODE.to_vec(),
            look_id: None,
            proof_hash: None,
            say_sealed: None,
            provider_id: None,
            voucher: None,
            voucher_name: None,
            note: None,
            outcome: Outcome::Pending,
            code: None,
            tries_left: 5,
            sent_at: now,
            expires_at: now.plus(5 * MINUTE),
            verified_at: None,
            ended_at: None,
            used: false,
        }
    }

    /// A verification of Carl with the right code entered.
    pub(super) async fn verified(&self, store: &Store, now: Millis) -> VerificationId {
        let v = self.verification(now);
        store.begin_verification(&v, &[]).await.unwrap().unwrap();
        let tried = store.try_code(self.account, self.ann, v.id, CODE, now).await.unwrap();
        assert_eq!(tried.unwrap().outcome, Outcome::Verified);
        // Its note in the ticket is another contract's.
        let noted = "delete from outbox where account = $1 and kind = 'note-verification'";
        store.seed(noted, &[self.account.0]).await;
        v.id
    }

    /// A reset that Ann asks for at the start, and its share: no unlock code, an hour of life.
    pub(super) fn asked(&self, verification: VerificationId, person: &str) -> (Reset, Share) {
        let id = ResetId(new_id());
        let reset = Reset {
            id,
            account: self.account,
            customer: self.customer,
            contact: self.carl,
            ticket: Some(self.ticket),
            technician: self.ann,
            technician_name: String::new(),
            integration: self.m365,
            tenant_hash: b"hash of the tenant".to_vec(),
            verification,
            approval: None,
            warnings: String::new(),
            directory_user: person.into(),
            person: "Carl Carter".into(),
            body_hash: b"what was asked".to_vec(),
            stage: shared::Stage::Staged,
            asked_at: START,
            apply_before: after(10 * MINUTE),
            phone_masked: "•••• 34".into(),
            phone_sealed: b"sealed phone".to_vec(),
            phone_hash: b"hash of the phone".to_vec(),
            unlock_sealed: None,
            one_factor: false,
            phone_changed_at: None,
            must_change: true,
            language: None,
            tries: 0,
            answers: 0,
            unknown: false,
            answer: None,
            retry_at: Millis(0),
            reseals: 0,
            code: None,
            about: None,
            applied_at: None,
        };
        (reset, self.share_for(id))
    }

    fn share_for(&self, reset: ResetId) -> Share {
        let id = ShareId(new_id());
        Share {
            id,
            account: self.account,
            owner: Some(Owner::Reset(reset)),
            customer: Some(self.customer),
            language: None,
            must_change: true,
            look_id: id.0.as_bytes().to_vec(),
            proof_hash: PROOF.to_vec(),
            ciphertext: CIPHERTEXT.to_vec(),
            state: ShareStanding::Closed,
            life_ms: HOUR,
            expires_at: None,
            latest_at: None,
            opened_at: None,
            unlock_hash: None,
            unlock_tries: 5,
            token_sealed: Some(b"sealed token".to_vec()),
            password_sealed: Some(b"sealed password".to_vec()),
            late_attempts: 0,
            late_at: None,
            ended_at: None,
            ended_by: None,
        }
    }
}
