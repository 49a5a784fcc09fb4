//! What a server might answer, for tests.

use shared::{
    ApprovalId, ApprovalState, ApprovalView, Channel, ContactId, ContactView, DestinationKind,
    DirectoryView, Factor, Finding, HistoryView, Millis, Outcome, PhoneKind, PhoneView, PhonesView,
    PodState, Preflight, ResetAct, ResetId, ResetView, Sends, ShareState, Shield, ShieldState,
    Source, Stage, StepKind, StepState, StepView, TechnicianId, TechnicianView, TicketId,
    TicketView, VerificationId, VoucherView,
};
use uuid::Uuid;

/// A code of six digits that is out until then.
pub(crate) fn pending(expires_at: i64, tries_left: u32) -> ShieldState {
    ShieldState::Pending {
        verification: VerificationId(Uuid::from_u128(1)),
        channel: Channel::SmsCode,
        say: None,
        digits: Some(6),
        expires_at: Millis(expires_at),
        tries_left,
    }
}

/// A link that is out until then; only its sender knows what to say.
pub(crate) fn link(expires_at: i64, say: Option<&str>) -> ShieldState {
    ShieldState::Pending {
        verification: VerificationId(Uuid::from_u128(3)),
        channel: Channel::SmsLink,
        say: say.map(Into::into),
        digits: None,
        expires_at: Millis(expires_at),
        tries_left: 2,
    }
}

/// A push that is out until then.
pub(crate) fn push(expires_at: i64) -> ShieldState {
    ShieldState::Pending {
        verification: VerificationId(Uuid::from_u128(4)),
        channel: Channel::DuoPush,
        say: None,
        digits: None,
        expires_at: Millis(expires_at),
        tries_left: 1,
    }
}

/// The phone that Microsoft has registered.
pub(crate) fn phone(state: ShieldState) -> Shield {
    Shield {
        key: "ms-phone".into(),
        kind: DestinationKind::Phone,
        source: Source::Microsoft,
        masked: "+1 ••• ••• ••42".into(),
        state,
        channels: vec![Channel::SmsCode, Channel::SmsLink],
        why_not: None,
        for_reset: true,
        sends: Sends { left: 5, more_at: None },
    }
}

/// The app that is enrolled at Duo.
pub(crate) fn app(state: ShieldState) -> Shield {
    Shield {
        key: "duo".into(),
        kind: DestinationKind::App,
        source: Source::Duo,
        masked: "Duo Mobile".into(),
        channels: vec![Channel::DuoPush],
        ..phone(state)
    }
}

/// The address on the card.
pub(crate) fn mail(state: ShieldState) -> Shield {
    Shield {
        key: "mail".into(),
        kind: DestinationKind::Email,
        source: Source::Contact,
        masked: "d•••@northwind.example".into(),
        channels: vec![Channel::EmailCode, Channel::EmailLink],
        for_reset: false,
        ..phone(state)
    }
}

/// Somebody who may vouch, by a phone of the same key.
pub(crate) fn voucher() -> VoucherView {
    let shield =
        Shield { masked: "+1 ••• ••• ••61".into(), ..phone(ShieldState::Grey) };
    VoucherView {
        contact: ContactId(Uuid::from_u128(61)),
        name: "Grace Moss".into(),
        shields: vec![shield],
    }
}

/// An approval that Ann asked for, answered by Bo where it was.
pub(crate) fn approval(state: ApprovalState) -> ApprovalView {
    let answered = matches!(state, ApprovalState::Approved | ApprovalState::Refused);
    ApprovalView {
        id: ApprovalId(Uuid::from_u128(71)),
        asked_by: "Ann Archer".into(),
        asked_at: Millis(0),
        expires_at: Millis(9_000),
        state,
        answered_by: answered.then(|| "Bo Berg".into()),
        may_answer: false,
    }
}

/// A preflight with nothing in the way.
pub(crate) fn preflight() -> Preflight {
    Preflight {
        person: "Dana Reyes".into(),
        upn: "dana.reyes@northwind.example".into(),
        customer: "Northwind Dental".into(),
        tenant: "northwind.example".into(),
        phone: Some("+1 ••• ••• ••42".into()),
        factor: Factor::One,
        phone_changed_at: None,
        unlock_code: true,
        findings: Vec::new(),
        warnings: Vec::new(),
        approved_by: None,
        sealed: Some("sealed".into()),
    }
}

/// Two phones, the first of them tried.
pub(crate) fn phones() -> PhonesView {
    let phone = |masked: &str, kind, used, factor, sealed: &str| PhoneView {
        masked: masked.into(),
        kind,
        used,
        factor,
        unlock_code: true,
        sealed: sealed.into(),
    };
    let phones = vec![
        phone("+1 ••• ••• ••42", PhoneKind::Mobile, true, Factor::One, "sealed-1"),
        phone("+1 ••• ••• ••77", PhoneKind::AlternateMobile, false, Factor::Two, "sealed-2"),
    ];
    PhonesView { phones }
}

/// A reset with all its steps waiting.
pub(crate) fn reset(stage: Stage, share: ShareState) -> ResetView {
    let kinds = [
        StepKind::Sealed,
        StepKind::PasswordSet,
        StepKind::TextSent,
        StepKind::TextDelivered,
        StepKind::LinkOpened,
        StepKind::NoteWritten,
    ];
    ResetView {
        id: ResetId(Uuid::from_u128(2)),
        stage,
        asked_at: Millis(0),
        asked_by: "Ann Archer".into(),
        person: "Dana Reyes".into(),
        phone: "+1 ••• ••• ••42".into(),
        must_change: true,
        steps: kinds.map(|what| StepView { what, state: StepState::Waiting }).into(),
        code: None,
        share,
        unlock_code: None,
        tries_left: None,
        late: None,
        acts: vec![ResetAct::Resend, ResetAct::GiveUp],
    }
}

/// Sets one step.
pub(crate) fn step(reset: &mut ResetView, what: StepKind, state: StepState) {
    for step in reset.steps.iter_mut().filter(|step| step.what == what) {
        step.state = state.clone();
    }
}

/// A contact with one phone, not verified.
pub(crate) fn state() -> PodState {
    PodState {
        tag: "1".into(),
        now: Millis(0),
        technician: TechnicianView { id: TechnicianId(Uuid::nil()), name: "Ann Archer".into() },
        contact: ContactView {
            id: ContactId(Uuid::nil()),
            name: "Dana Reyes".into(),
            customer: "Northwind Dental".into(),
        },
        ticket: Some(TicketView {
            id: TicketId(Uuid::nil()),
            number: "#4711".into(),
            summary: "Can't sign in".into(),
        }),
        directory: DirectoryView::Found {
            name: "Dana Reyes".into(),
            upn: "dana.reyes@northwind.example".into(),
        },
        shields: vec![phone(ShieldState::Grey)],
        blocked: Some(Finding { code: shared::Code::NotVerified, about: None }),
        reset: None,
        history: vec![HistoryView {
            at: Millis(0),
            destination: "+1 ••• ••• ••42".into(),
            source: Source::Microsoft,
            technician: "Ann Archer".into(),
            ticket: Some("#4690".into()),
            channel: Channel::SmsCode,
            outcome: Outcome::Verified,
            voucher: None,
        }],
        warnings: Vec::new(),
        approval: None,
        vouchers: Vec::new(),
        notice: None,
    }
}
