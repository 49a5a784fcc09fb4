//! What an account's own programs call.

use axum::http::Method;

use super::group::Group;
use super::operation::{Operation, op};
use crate::web::api::v1::{audit, contacts, health, history};

pub(super) fn all() -> Vec<Operation> {
    let get = |path, says| op(Group::Programs, Method::GET, path, says);
    let of_history = |operation: Operation| {
        operation
            .query_number(
                "since",
                "Milliseconds since 1970: what was before is left out.",
                (0, i64::MAX),
            )
            .query("cursor", "`next` of the piece before; it counts before `since`.")
            .query_number(
                "limit",
                "How many at once; 100 where nothing is said.",
                (1, history::MOST.into()),
            )
    };
    vec![
        get("/api/v1/audit", "Reads the audit from an entry on, oldest first.")
            .more(
                "Send `next` as `after` the next time: no entry is missed, and none comes twice. Entries are \
                 chained; the webhook event `audit.head` tells the chain’s end each hour.",
            )
            .query_number("after", "The number of the entry that is known already; 0 for none.", (0, i64::MAX))
            .query_number("limit", "How many at once; 100 where nothing is said.", (1, audit::MOST.into()))
            .gives::<audit::AuditPage>(200, "Entries, and where to go on."),
        of_history(get("/api/v1/resets", "Reads the resets that were asked for since, oldest first."))
            .more("A reset goes on after it was read: its end stands in the audit, or comes by webhook.")
            .gives::<history::ResetsPage>(200, "Resets, and where to go on."),
        of_history(get(
            "/api/v1/verifications",
            "Reads the verifications that were sent since, oldest first.",
        ))
        .more("Destinations are masked. A pending one comes to its end later: read it again by `since`.")
        .gives::<history::VerificationsPage>(200, "Verifications, and where to go on."),
        get("/api/v1/health", "Reads whether integrations work, and when their secrets end.")
            .gives::<health::HealthPage>(200, "Each integration of the account."),
        op(Group::Programs, Method::POST, "/api/v1/contacts", "Adds or changes contacts, 500 at most.")
            .more(
                "A contact is found by `external_id`, and where there is none of that name by its address at \
                 the same customer. The same once more changes nothing. Each row is looked at by itself; the \
                 good ones are one transaction. Another number on a card warns technicians that it changed.",
            )
            .takes::<contacts::ContactsAsk>()
            .gives::<contacts::ContactsView>(200, "What came of each row."),
    ]
}
