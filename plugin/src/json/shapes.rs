//! Which fields each wire type has. A field that is forgotten does not compile; what the names of
//! variants are the tests compare with `serde`'s.

use shared::{
    ApprovalId, ApprovalState, ApprovalView, Channel, Code, ContactId, ContactView,
    DestinationKind, DirectoryView, Factor, Finding, HistoryView, LateView, Millis, NoticeView,
    Outcome, PhoneKind, PhoneView, PhonesView, PodState, Preflight, Problem, ResetAct, ResetId,
    ResetView, Sends, ShareState, Shield, ShieldState, Source, Stage, StepKind, StepState,
    StepView, TechnicianId, TechnicianView, TicketId, TicketView, VerificationId, VerificationView,
    VoucherView,
};

use super::{Read, Value};

impl Read for bool {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(is) => Some(*is),
            _ => None,
        }
    }
}

impl Read for i64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl Read for u32 {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value)?.try_into().ok()
    }
}

impl Read for u16 {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value)?.try_into().ok()
    }
}

impl Read for Millis {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value).map(Self)
    }
}

impl Read for String {
    fn read(value: &Value) -> Option<Self> {
        value.text().map(Self::from)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::List(items) => items.iter().map(T::read).collect(),
            // A server leaves some lists out when they are empty.
            Value::Null => Some(Self::new()),
            _ => None,
        }
    }
}

impl Read for Code {
    fn read(value: &Value) -> Option<Self> {
        Self::parse(value.text()?)
    }
}

impl Read for Stage {
    fn read(value: &Value) -> Option<Self> {
        Self::parse(value.text()?)
    }
}

impl Read for Problem {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            kind: value.get("type")?,
            title: value.get("title")?,
            status: value.get("status")?,
            code: value.get("code")?,
            detail: value.get("detail")?,
            tries_left: value.get("tries_left")?,
            retry_after: value.get("retry_after")?,
        })
    }
}

impl Read for Channel {
    fn read(value: &Value) -> Option<Self> {
        let name = value.text()?;
        Self::ALL.into_iter().find(|channel| channel.as_str() == name)
    }
}

macro_rules! ids {
    ($($id:ident)+) => {$(
        impl Read for $id {
            fn read(value: &Value) -> Option<Self> {
                value.text()?.parse().ok()
            }
        }
    )+};
}

ids! { ApprovalId ContactId ResetId TechnicianId TicketId VerificationId }

macro_rules! names {
    ($($kind:ident { $($variant:ident $name:literal)+ })+) => {$(
        impl Read for $kind {
            fn read(value: &Value) -> Option<Self> {
                let name = value.text()?;
                let all = [$(($name, Self::$variant)),+];
                all.into_iter().find(|(known, _)| *known == name).map(|(_, it)| it)
            }
        }

        #[cfg(test)]
        impl super::tests::Named for $kind {
            const ALL: &[Self] = &[$(Self::$variant),+];

            /// Does not compile when a variant is missing above.
            fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    )+};
}

names! {
    ApprovalState {
        Asked "asked"
        Approved "approved"
        Refused "refused"
        Expired "expired"
        Used "used"
    }
    DestinationKind { Phone "phone" Email "email" App "app" }
    Factor { One "one" Two "two" }
    Outcome {
        Pending "pending"
        Verified "verified"
        Expired "expired"
        TriesSpent "tries-spent"
        Replaced "replaced"
        Unsent "unsent"
        Denied "denied"
    }
    PhoneKind { Mobile "mobile" AlternateMobile "alternate-mobile" }
    ResetAct { Resend "resend" NewLink "new-link" GiveUp "give-up" }
    Source { Microsoft "microsoft" Contact "contact" Duo "duo" }
    StepKind {
        Sealed "sealed"
        PasswordSet "password-set"
        SessionsEnded "sessions-ended"
        TextSent "text-sent"
        TextDelivered "text-delivered"
        LinkOpened "link-opened"
        NoteWritten "note-written"
    }
}

macro_rules! fields {
    ($($kind:ident { $($field:ident)+ })+) => {$(
        impl Read for $kind {
            fn read(value: &Value) -> Option<Self> {
                Some(Self { $($field: value.get(stringify!($field))?),+ })
            }
        }
    )+};
}

fields! {
    ApprovalView { id asked_by asked_at expires_at state answered_by may_answer }
    ContactView { id name customer }
    Finding { code about }
    HistoryView { at destination source technician ticket channel outcome voucher }
    LateView { count at }
    NoticeView { text path }
    PhoneView { masked kind used factor unlock_code sealed }
    PhonesView { phones }
    PodState {
        tag now technician contact ticket directory shields blocked reset history warnings
        approval vouchers notice
    }
    Preflight {
        person upn customer tenant phone factor phone_changed_at unlock_code findings warnings
        approved_by sealed
    }
    ResetView {
        id stage asked_at asked_by person phone must_change steps code share unlock_code
        tries_left late acts
    }
    Sends { left more_at }
    Shield { key kind source masked state channels why_not for_reset sends }
    StepView { what state }
    TechnicianView { id name }
    TicketView { id number summary }
    VerificationView { id outcome masked expires_at tries_left say }
    VoucherView { contact name shields }
}

/// Enums whose variant stands in the field `is`, with fields of its own beside it.
macro_rules! tagged {
    ($($kind:ident { $($variant:ident $name:literal { $($field:ident)* })+ })+) => {$(
        impl Read for $kind {
            fn read(value: &Value) -> Option<Self> {
                Some(match value.field("is").text()? {
                    $($name => Self::$variant { $($field: value.get(stringify!($field))?),* },)+
                    _ => return None,
                })
            }
        }
    )+};
}

tagged! {
    DirectoryView {
        Looking "looking" {}
        Found "found" { name upn }
        Trouble "trouble" { code }
    }
    ShareState {
        Closed "closed" {}
        Open "open" { expires_at }
        Opened "opened" { at }
        Expired "expired" {}
        Revoked "revoked" { opened }
        Locked "locked" {}
        Destroyed "destroyed" {}
    }
    ShieldState {
        Grey "grey" {}
        Pending "pending" { verification channel say digits expires_at tries_left }
        Verified "verified" { until }
        Failed "failed" { code }
    }
    StepState {
        Waiting "waiting" {}
        Running "running" {}
        Done "done" { at }
        Failed "failed" { code }
    }
}
