//! `$filter`, only in the shapes that SOURCES.md §3.2 names: `property eq 'value'`, `property eq true`,
//! `proxyAddresses/any(p:p eq 'smtp:…')`, joined by `or`, and of users by `and`, which binds more tightly. A
//! quote inside a value is doubled.

use crate::directory::DirectoryUser;

use super::reply::Refusal;

/// Properties that are compared with `true` or `false`.
const BOOLEANS: &[&str] = &["accountEnabled"];

/// One comparison; a filter is any of several.
#[derive(Debug, PartialEq)]
pub(super) struct Compare {
    pub(super) property: String,
    /// The text, or `true` or `false`.
    pub(super) value: String,
}

impl Compare {
    /// Comparisons of text ignore case.
    pub(super) fn holds(&self, user: &DirectoryUser) -> bool {
        let same = |text: &str| text.eq_ignore_ascii_case(&self.value);
        match self.property.as_str() {
            "id" => same(&user.id),
            "userPrincipalName" => same(&user.upn),
            "accountEnabled" => self.value == user.enabled.to_string(),
            "userType" => same(&user.user_type),
            "mail" => user.mail.as_deref().is_some_and(same),
            "proxyAddresses" => user.proxy_addresses().iter().any(|address| same(address)),
            _ => false,
        }
    }
}

/// Reads a filter whose properties are all among `properties`, and that knows no `and`.
pub(super) fn parse(text: &str, properties: &[&str]) -> Result<Vec<Compare>, Refusal> {
    let single = |all: Vec<Compare>| {
        let mut all = all.into_iter();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(Refusal::unsupported(format!("Unsupported Query: '{text}'."))),
        }
    };
    parse_any(text, properties)?.into_iter().map(single).collect()
}

/// The same with `and`: any of these, all of which must hold.
pub(super) fn parse_any(text: &str, properties: &[&str]) -> Result<Vec<Vec<Compare>>, Refusal> {
    let mut rest = text.trim();
    let mut any = vec![Vec::new()];
    loop {
        let (compare, after) = compare(rest)?;
        if !properties.contains(&compare.property.as_str()) {
            return Err(Refusal::unsupported(format!(
                "Unsupported or invalid query filter clause specified for property '{}'.",
                compare.property
            )));
        }
        any.last_mut().ok_or_else(|| invalid(text))?.push(compare);
        let after = after.trim_start();
        if after.is_empty() {
            return Ok(any);
        }
        rest = match (after.strip_prefix("and "), after.strip_prefix("or ")) {
            (Some(rest), _) => rest.trim_start(),
            (None, Some(rest)) => {
                any.push(Vec::new());
                rest.trim_start()
            }
            (None, None) => return Err(invalid(text)),
        };
    }
}

fn compare(text: &str) -> Result<(Compare, &str), Refusal> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    let (property, rest) = text.split_at(end);
    if property.is_empty() {
        return Err(invalid(text));
    }
    if let Some(lambda) = rest.strip_prefix("/any(") {
        let (variable, lambda) = lambda.split_once(':').ok_or_else(|| invalid(text))?;
        let lambda =
            lambda.trim_start().strip_prefix(variable.trim()).ok_or_else(|| invalid(text))?;
        let (value, after) = equals(lambda, text)?;
        let after = after.trim_start().strip_prefix(')').ok_or_else(|| invalid(text))?;
        if property != "proxyAddresses" {
            return Err(Refusal::unsupported("any() is only supported on a collection."));
        }
        return Ok((Compare { property: property.to_owned(), value }, after));
    }
    if property == "proxyAddresses" {
        return Err(invalid(text));
    }
    let (value, after) = match BOOLEANS.contains(&property) {
        true => is(rest, text)?,
        false => equals(rest, text)?,
    };
    Ok((Compare { property: property.to_owned(), value }, after))
}

/// `eq true` or `eq false`, without quotes.
fn is<'t>(text: &'t str, whole: &str) -> Result<(String, &'t str), Refusal> {
    let text = operator(text, whole)?;
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    match text.split_at(end) {
        (value @ ("true" | "false"), after) => Ok((value.to_owned(), after)),
        ("", after) if after.starts_with('\'') => Err(Refusal::odata(
            "Invalid filter clause: A binary operator with incompatible types was detected. Found operand types 'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'.",
        )),
        _ => Err(invalid(whole)),
    }
}

fn operator<'t>(text: &'t str, whole: &str) -> Result<&'t str, Refusal> {
    let rest = text.trim_start().strip_prefix("eq ");
    let rest =
        rest.ok_or_else(|| Refusal::unsupported(format!("Unsupported Query: '{whole}'.")))?;
    Ok(rest.trim_start())
}

fn equals<'t>(text: &'t str, whole: &str) -> Result<(String, &'t str), Refusal> {
    let text = operator(text, whole)?;
    let mut rest = text.strip_prefix('\'').ok_or_else(|| invalid(whole))?;
    let mut value = String::new();
    loop {
        let quote = rest.find('\'').ok_or_else(|| {
            Refusal::odata(format!("Invalid filter clause: There is an unterminated string literal at position {} in '{whole}'.", whole.len()))
        })?;
        value.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Ok((value, rest)),
        }
    }
}

fn invalid(text: &str) -> Refusal {
    Refusal::odata(format!("Invalid filter clause: Syntax error in '{text}'."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &[&str] = &["id", "mail", "userPrincipalName", "proxyAddresses"];

    fn check(text: &str, expected: &[(&str, &str)]) {
        let parsed = parse(text, USERS).map_err(|refusal| refusal.message).expect(text);
        let plain: Vec<_> =
            parsed.iter().map(|c| (c.property.as_str(), c.value.as_str())).collect();
        assert_eq!(plain, expected, "{text}");
    }

    #[test]
    fn reads_the_named_shapes() {
        check(
            "mail eq 'a@b.c' or userPrincipalName eq 'a@b.c'",
            &[("mail", "a@b.c"), ("userPrincipalName", "a@b.c")],
        );
        check("mail eq 'o''neil@b.c'", &[("mail", "o'neil@b.c")]);
        check("mail eq ''", &[("mail", "")]);
        check("proxyAddresses/any(p:p eq 'smtp:a@b.c')", &[("proxyAddresses", "smtp:a@b.c")]);
        check("mail eq 'x'' or id eq ''y'", &[("mail", "x' or id eq 'y")]);
    }

    #[test]
    fn and_binds_more_tightly_than_or() {
        let properties = &["accountEnabled", "userType", "mail"];
        let parsed = |text| parse_any(text, properties).map_err(|refusal| refusal.message);
        let any = parsed("accountEnabled eq true and userType eq 'Member' or mail eq 'a@b.c'");
        let any = any.expect("a filter");
        let plain = |all: &[Compare]| -> Vec<String> {
            all.iter().map(|it| format!("{}={}", it.property, it.value)).collect()
        };
        assert_eq!(plain(&any[0]), ["accountEnabled=true", "userType=Member"]);
        assert_eq!(plain(&any[1]), ["mail=a@b.c"]);
        for text in [
            "accountEnabled eq 'true'",
            "accountEnabled eq yes",
            "accountEnabled",
            "accountEnabled eq true and",
            "accountEnabled eq true und userType eq 'Member'",
            "userType eq Member",
        ] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "mail",
            "mail eq",
            "mail eq a",
            "mail eq 'a",
            "mail eq 'o'neil'",
            "mail ne 'a'",
            "displayName eq 'a'",
            "startswith(mail,'a')",
            "mail eq 'a' and id eq 'b'",
            "mail eq 'a' or",
            "proxyAddresses eq 'smtp:a'",
            "mail/any(p:p eq 'a')",
            "proxyAddresses/any(p:q eq 'smtp:a')",
            "proxyAddresses/any(p:p eq 'smtp:a'",
        ] {
            assert!(parse(text, USERS).is_err(), "{text}");
        }
    }
}
