//! Limits on sending: what counts against what, and what is left. Counted in the database, so that
//! every process counts the same.

use shared::{Millis, Sends, TechnicianId};

use crate::policy::Policy;
use crate::store::{Limit, Store, StoreError, Verification};

const HOUR_MS: i64 = 60 * 60_000;

/// What one more message to this contact, at this destination, by this technician counts against.
#[must_use]
pub fn limits(verification: &Verification, policy: &Policy) -> Vec<Limit> {
    let mut limits = of_destination(&verification.destination_hash, policy);
    limits.push(Limit {
        name: format!("code contact {}", verification.contact),
        most: policy.codes_per_contact,
        window_ms: HOUR_MS,
    });
    limits.extend(of_technician(verification.technician, policy));
    limits
}

/// What a text that only tells of a reset counts against.
pub(crate) fn of_notice(destination: &[u8], by: TechnicianId, policy: &Policy) -> Vec<Limit> {
    let mut limits = of_destination(destination, policy);
    limits.extend(of_technician(by, policy));
    limits
}

fn of_destination(destination: &[u8], policy: &Policy) -> Vec<Limit> {
    let destination = data_encoding::HEXLOWER.encode(&destination[..destination.len().min(8)]);
    vec![Limit {
        name: format!("code destination {destination}"),
        most: policy.codes_per_destination,
        window_ms: HOUR_MS,
    }]
}

fn of_technician(by: TechnicianId, policy: &Policy) -> Vec<Limit> {
    let hour = |name, most| Limit { name, most, window_ms: HOUR_MS };
    vec![
        hour(format!("code technician {by}"), policy.codes_per_technician),
        hour("code account".to_owned(), policy.codes_per_account),
    ]
}

/// What is left of the limits that one more message to each of these destinations counts against.
///
/// # Errors
/// When the database can't be read.
pub async fn left(
    store: &Store,
    account: shared::AccountId,
    (contact, by): (shared::ContactId, TechnicianId),
    destinations: &[&[u8]],
    policy: &Policy,
    now: Millis,
) -> Result<Vec<Sends>, StoreError> {
    let mut shared = vec![Limit {
        name: format!("code contact {contact}"),
        most: policy.codes_per_contact,
        window_ms: HOUR_MS,
    }];
    shared.extend(of_technician(by, policy));
    let own = destinations.iter().flat_map(|it| of_destination(it, policy));
    let all: Vec<Limit> = shared.iter().cloned().chain(own).collect();
    let counts = store.limit_counts(account, now, &all).await?;
    let counted: Vec<Sends> = all
        .iter()
        .zip(counts)
        .map(|(limit, (count, until))| Sends {
            left: limit.most.saturating_sub(count),
            more_at: until,
        })
        .collect();
    let (shared, own) = counted.split_at(shared.len());
    let of_all = shared.iter().copied().reduce(tighter);
    Ok(own.iter().map(|own| of_all.map_or(*own, |all| tighter(*own, all))).collect())
}

/// The one of two limits that stops first.
fn tighter(a: Sends, b: Sends) -> Sends {
    let later = |sends: &Sends| sends.more_at.unwrap_or(Millis(0));
    match a.left.cmp(&b.left) {
        std::cmp::Ordering::Less => a,
        std::cmp::Ordering::Greater => b,
        std::cmp::Ordering::Equal if later(&a) >= later(&b) => a,
        std::cmp::Ordering::Equal => b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_that_stops_first_is_told() {
        let sends = |left, more_at: i64| Sends { left, more_at: Some(Millis(more_at)) };
        assert_eq!(tighter(sends(1, 5), sends(2, 9)), sends(1, 5));
        assert_eq!(tighter(sends(3, 5), sends(2, 9)), sends(2, 9));
        // Both at their end: it is over when the later one is.
        assert_eq!(tighter(sends(0, 5), sends(0, 9)), sends(0, 9));
        let never = Sends { left: 4, more_at: None };
        assert_eq!(tighter(never, sends(4, 1)), sends(4, 1));
    }
}
