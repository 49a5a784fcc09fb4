//! `$filter` on users, only in the shapes that SOURCES.md §3.2 names: `property eq 'value'`,
//! `proxyAddresses/any(p:p eq 'smtp:…')`, joined by `or`. A quote inside a value is doubled.

use crate::directory::DirectoryUser;

use super::reply::Refusal;

/// One comparison; a filter is any of several.
#[derive(Debug, PartialEq)]
pub(super) struct Compare {
    pub(super) property: String,
    pub(super) value: String,
}

impl Compare {
    /// Comparisons of text ignore case.
    pub(super) fn holds(&self, user: &DirectoryUser) -> bool {
        let same = |text: &str| text.eq_ignore_ascii_case(&self.value);
        match self.property.as_str() {
            "id" => same(&user.id),
            "userPrincipalName" => same(&user.upn),
            "mail" => user.mail.as_deref().is_some_and(same),
            "proxyAddresses" => user.proxy_addresses().iter().any(|address| same(address)),
            _ => false,
        }
    }
}

/// Reads a filter whose properties are all among `properties`.
pub(super) fn parse(text: &str, properties: &[&str]) -> Result<Vec<Compare>, Refusal> {
    let mut rest = text.trim();
    let mut any = Vec::new();
    loop {
        let (compare, after) = compare(rest)?;
        if !properties.contains(&compare.property.as_str()) {
            return Err(Refusal::unsupported(format!(
                "Unsupported or invalid query filter clause specified for property '{}'.",
                compare.property
            )));
        }
        any.push(compare);
        let after = after.trim_start();
        if after.is_empty() {
            return Ok(any);
        }
        rest = after.strip_prefix("or ").ok_or_else(|| invalid(text))?.trim_start();
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
    let (value, after) = equals(rest, text)?;
    Ok((Compare { property: property.to_owned(), value }, after))
}

fn equals<'t>(text: &'t str, whole: &str) -> Result<(String, &'t str), Refusal> {
    let text = text
        .trim_start()
        .strip_prefix("eq ")
        .ok_or_else(|| Refusal::unsupported(format!("Unsupported Query: '{whole}'.")))?;
    let mut rest = text.trim_start().strip_prefix('\'').ok_or_else(|| invalid(whole))?;
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
