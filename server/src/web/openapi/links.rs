//! What the pages behind links call, on the host of links. Whoever has the link is asked for nothing else.

use axum::http::Method;
use shared::Code;

use super::group::Group;
use super::operation::{Operation, op};
use crate::web::{check, share};

pub(super) fn all() -> Vec<Operation> {
    let link = |path, says| op(Group::Links, Method::POST, path, says);
    vec![
        link("/s/look", "Says what the page of a password’s link shows. No effect, ever.")
            .takes::<share::LookAsk>()
            .gives::<share::LookView>(200, "What the page shows.")
            .refuses(&[Code::LinkDead]),
        link("/s/open", "Opens a password’s link: one device, once.")
            .takes::<share::OpenAsk>()
            .gives::<share::OpenView>(200, "The ciphertext, whose key is only in the link.")
            .refuses(&[Code::LinkDead, Code::UnlockWrong]),
        link("/v/look", "Says what the page of a verification’s link shows. No effect, ever.")
            .takes::<check::LookAsk>()
            .gives::<check::LookView>(200, "What the page shows.")
            .refuses(&[Code::LinkDead]),
        link("/v/answer", "Tries the two digits that the technician says.")
            .takes::<check::AnswerAsk>()
            .gives::<check::EndView>(200, "What it has come to.")
            .refuses(&[Code::LinkDead, Code::CodeWrong]),
        link("/v/deny", "Says that it was somebody else who called.")
            .takes::<check::DenyAsk>()
            .gives::<check::EndView>(200, "What it has come to.")
            .refuses(&[Code::LinkDead]),
    ]
}
