//! What an account and its customers demand, from an import: only what the file says is kept.

use serde_json::{Map, Value};
use shared::CustomerId;

use super::BadImport;
use crate::policy::Wrong;
use crate::policy::layers::{Layer, effective};
use crate::store::ImportRow;

/// As the file has it.
pub(super) type Said = Map<String, Value>;

/// The account's layer.
pub(super) fn of_account(said: Option<Said>) -> Result<Layer, BadImport> {
    let name = "account.policy";
    let layer = Layer::of(said.unwrap_or_default(), false).map_err(|wrong| bad(name, &wrong))?;
    effective(&layer, &Layer::default()).map_err(|wrong| bad(name, &wrong))?;
    Ok(layer)
}

/// A customer's layer, which must go together with the account's.
pub(super) fn of_customer(
    name: &str,
    said: Option<Said>,
    account: &Layer,
) -> Result<Layer, BadImport> {
    let layer = Layer::of(said.unwrap_or_default(), true).map_err(|wrong| bad(name, &wrong))?;
    effective(account, &layer).map_err(|wrong| bad(name, &wrong))?;
    Ok(layer)
}

/// Its row, where it says something.
pub(super) fn row(customer: Option<CustomerId>, layer: &Layer) -> Option<ImportRow> {
    (!layer.is_empty()).then(|| ImportRow::Policy { customer, body: layer.to_body() })
}

fn bad(name: &str, wrong: &[Wrong]) -> BadImport {
    let all: Vec<String> =
        wrong.iter().map(|one| format!("{name}.{}: {}", one.field, one.detail)).collect();
    BadImport::Value(all.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_cannot_be_meant_is_named_with_its_place() {
        let said = |value: Value| Some(serde_json::from_value(value).unwrap());
        let account = of_account(said(json!({"notify_manager": true}))).unwrap();
        assert_eq!(account.to_body(), r#"{"notify_manager":true}"#, "and nothing else");
        assert!(matches!(row(None, &account), Some(ImportRow::Policy { customer: None, .. })));
        assert!(row(None, &of_account(None).unwrap()).is_none());
        for (customer, says) in [
            (json!({"code_ms": 600_001}), "c.policy.code_ms: Between 1 and 10 minutes."),
            (json!({"notify": false}), "c.policy.notify_manager: The manager would"),
            (json!({"codes_per_account": 1}), "c.policy.codes_per_account: This is counted"),
        ] {
            let told = of_customer("c.policy", said(customer), &account).unwrap_err().to_string();
            assert!(told.contains(says), "{told}");
        }
    }
}
