//! Which customers a technician has, by their names in the file.

use shared::{CustomerId, TechnicianId};

use super::BadImport;
use crate::store::ImportRow;

/// Which customers a technician has. A name that is no customer's is a mistake that would keep somebody out.
pub(super) fn row(
    technician: TechnicianId,
    whose: &str,
    listed: &[String],
    customers: &[(CustomerId, String)],
) -> Result<ImportRow, BadImport> {
    let bad = |why: String| BadImport::Value(format!("technicians[\"{whose}\"].customers: {why}"));
    let of = |name: &String| {
        let mut called = customers.iter().filter(|(_, called)| called == name);
        match (called.next(), called.next()) {
            (Some((id, _)), None) => Ok(*id),
            (None, _) => Err(bad(format!("no customer is called \"{name}\""))),
            _ => Err(bad(format!("several customers are called \"{name}\""))),
        }
    };
    if listed.is_empty() {
        return Err(bad("name one at least, or leave it out for all".into()));
    }
    let customers = listed.iter().map(of).collect::<Result<_, _>>()?;
    Ok(ImportRow::Reach { technician, customers })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_technicians_customers_go_by_their_names() {
        let id = |n| CustomerId(Uuid::from_u128(n));
        let all = [(id(1), "Alpine".to_owned()), (id(2), "Twin".into()), (id(3), "Twin".into())];
        let row = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            super::row(TechnicianId(Uuid::from_u128(9)), "ann@msp.example", &names, &all)
        };
        let right = row(&["Alpine"]).unwrap();
        assert!(matches!(right, ImportRow::Reach { customers, .. } if customers == [id(1)].into()));
        for (names, why) in [
            (&["Alpine", "Nobody"][..], "no customer is called \"Nobody\""),
            (&["Twin"], "several customers are called \"Twin\""),
            (&[], "name one at least"),
        ] {
            let told = row(names).err().unwrap().to_string();
            assert!(told.contains("ann@msp.example") && told.contains(why), "{told}");
        }
    }
}
