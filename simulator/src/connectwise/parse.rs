//! Reads `conditions` and `childConditions`: the part of ConnectWise's grammar that its guide shows (C§4).
//! `path op value`, joined by `and` and `or`, in brackets; `and` binds first \[K\].

use serde_json::Value;

/// A condition.
#[derive(Debug, PartialEq)]
pub(super) enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Is { path: Vec<String>, op: Op, value: Value },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    Like,
    Unlike,
    Contains,
    In,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    /// What can only be a value: a text, a date.
    Value(Value),
    Mark(&'static str),
}

/// What is wrong, in a few words.
type Mistake = String;

pub(super) fn parse(text: &str) -> Result<Test, Mistake> {
    let tokens = tokens(text)?;
    let mut rest = tokens.as_slice();
    let test = any(&mut rest)?;
    if rest.is_empty() { Ok(test) } else { Err(format!("unexpected {}", name(rest.first()))) }
}

fn name(token: Option<&Token>) -> String {
    match token {
        None => "end".to_owned(),
        Some(Token::Word(word)) => format!("'{word}'"),
        Some(Token::Value(value)) => value.to_string(),
        Some(Token::Mark(mark)) => format!("'{mark}'"),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Mistake> {
    const MARKS: [&str; 9] = ["<=", ">=", "!=", "=", "<", ">", "(", ")", ","];
    let mut rest = text.trim_start();
    let mut out = Vec::new();
    while let Some(first) = rest.chars().next() {
        if let Some(mark) = MARKS.into_iter().find(|mark| rest.starts_with(mark)) {
            out.push(Token::Mark(mark));
            rest = &rest[mark.len()..];
        } else if first == '"' || first == '\'' {
            let (value, after) = quoted(&rest[1..], first)?;
            out.push(Token::Value(value.into()));
            rest = after;
        } else if first == '[' {
            let (date, after) = rest[1..].split_once(']').ok_or("a date without its end")?;
            out.push(Token::Value(date.into()));
            rest = after;
        } else {
            let ends = |c: char| c.is_whitespace() || "<>=!(),\"'[".contains(c);
            let end = rest.find(ends).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("unexpected '{first}'"));
            }
            out.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(out)
}

/// A text up to its quote; a backslash keeps the next character as it is.
fn quoted(text: &str, quote: char) -> Result<(String, &str), Mistake> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|(_, escaped)| escaped)),
            c if c == quote => return Ok((out, &text[at + c.len_utf8()..])),
            c => out.push(c),
        }
    }
    Err("a text without its end".to_owned())
}

fn is_word(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(it)) if it.eq_ignore_ascii_case(word))
}

fn any(rest: &mut &[Token]) -> Result<Test, Mistake> {
    let mut tests = vec![all(rest)?];
    while is_word(rest.first(), "or") {
        *rest = &rest[1..];
        tests.push(all(rest)?);
    }
    Ok(one_or(tests, Test::Any))
}

fn all(rest: &mut &[Token]) -> Result<Test, Mistake> {
    let mut tests = vec![single(rest)?];
    while is_word(rest.first(), "and") {
        *rest = &rest[1..];
        tests.push(single(rest)?);
    }
    Ok(one_or(tests, Test::All))
}

fn one_or(mut tests: Vec<Test>, many: impl FnOnce(Vec<Test>) -> Test) -> Test {
    if tests.len() == 1 { tests.remove(0) } else { many(tests) }
}

fn take(rest: &mut &[Token]) -> Option<Token> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    Some(first.clone())
}

fn single(rest: &mut &[Token]) -> Result<Test, Mistake> {
    let path = match take(rest) {
        Some(Token::Mark("(")) => {
            let inside = any(rest)?;
            return match take(rest) {
                Some(Token::Mark(")")) => Ok(inside),
                other => Err(format!("')' expected, not {}", name(other.as_ref()))),
            };
        }
        Some(Token::Word(word)) => word.split('/').map(str::to_owned).collect(),
        other => return Err(format!("a field expected, not {}", name(other.as_ref()))),
    };
    let op = operator(rest)?;
    let value = if op == Op::In { list(rest)? } else { value(rest)? };
    Ok(Test::Is { path, op, value })
}

fn operator(rest: &mut &[Token]) -> Result<Op, Mistake> {
    let token = take(rest);
    let word = match &token {
        Some(Token::Mark(mark)) => (*mark).to_owned(),
        Some(Token::Word(word)) => word.to_ascii_lowercase(),
        _ => String::new(),
    };
    match word.as_str() {
        "=" => Ok(Op::Equal),
        "!=" => Ok(Op::Unequal),
        "<" => Ok(Op::Less),
        "<=" => Ok(Op::LessOrEqual),
        ">" => Ok(Op::More),
        ">=" => Ok(Op::MoreOrEqual),
        "like" => Ok(Op::Like),
        "contains" => Ok(Op::Contains),
        "in" => Ok(Op::In),
        "not" if is_word(rest.first(), "like") => {
            *rest = &rest[1..];
            Ok(Op::Unlike)
        }
        _ => Err(format!("an operator expected, not {}", name(token.as_ref()))),
    }
}

fn value(rest: &mut &[Token]) -> Result<Value, Mistake> {
    match take(rest) {
        Some(Token::Value(value)) => Ok(value),
        Some(Token::Word(word)) => match word.to_ascii_lowercase().as_str() {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            "null" => Ok(Value::Null),
            _ => word.parse::<i64>().map(Value::from).map_err(|_| format!("'{word}' is no value")),
        },
        other => Err(format!("a value expected, not {}", name(other.as_ref()))),
    }
}

fn list(rest: &mut &[Token]) -> Result<Value, Mistake> {
    if take(rest) != Some(Token::Mark("(")) {
        return Err("'(' expected after in".to_owned());
    }
    let mut values = vec![value(rest)?];
    loop {
        match take(rest) {
            Some(Token::Mark(",")) => values.push(value(rest)?),
            Some(Token::Mark(")")) => return Ok(Value::Array(values)),
            other => return Err(format!("')' expected, not {}", name(other.as_ref()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_guide_shows() {
        for good in [
            r#"board/name="X" and lastUpdated>[2016-08-20T18:04:26Z]"#,
            r#"communicationItems/value like "a@b" AND communicationItems/communicationType="Email""#,
            "(id = 1 or id=2) and closedFlag = False",
            r#"id in (1,2) or contact = null and summary not like '*"x"*'"#,
            r#"name="a \"quoted\" one""#,
        ] {
            assert!(parse(good).is_ok(), "{good}: {:?}", parse(good));
        }
        for bad in [
            "",
            "id",
            "id =",
            "id 5",
            "= 5",
            "id = 5 and",
            "(id=5",
            "id=5)",
            "name = x",
            "a=\"b",
            "id in 5",
            "name=\"a\"b\"",
            "id == 5",
            "id = [5",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
