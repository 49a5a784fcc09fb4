//! Reading JSON into the wire types and writing what is asked, without `serde`: its derived code
//! took 18 kB (brotli) more for the same types. It says that a text is wrong but not where and why,
//! and knows no fractions (the wire has none). Host tests hold both ways against `serde_json`.

use std::fmt::Write;

mod shapes;

/// The text is not what it should be. No words: nobody could do anything about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bad;

/// A value, before it is known what it is for.
#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
    /// A number that is not whole: only in fields that a newer server has and we don't read.
    Other,
}

impl Value {
    /// A field; one that is missing is as good as `null`.
    fn field(&self, name: &str) -> &Self {
        match self {
            Self::Object(fields) => {
                fields.iter().find(|(known, _)| known == name).map_or(&Self::Null, |(_, it)| it)
            }
            _ => &Self::Null,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A field, read.
    fn get<T: Read>(&self, name: &str) -> Option<T> {
        T::read(self.field(name))
    }
}

/// Something that can be read from a value.
pub(crate) trait Read: Sized {
    /// `None` when the value is of another shape.
    fn read(value: &Value) -> Option<Self>;
}

/// How deep values may be nested.
const DEEPEST: u8 = 32;

/// Reads one value from all of `text`.
pub(crate) fn read<T: Read>(text: &str) -> Result<T, Bad> {
    let value = parse(text)?;
    T::read(&value).ok_or(Bad)
}

fn parse(text: &str) -> Result<Value, Bad> {
    let mut reader = Reader { text, at: 0, deep: 0 };
    let value = reader.value()?;
    if reader.peek().is_none() { Ok(value) } else { Err(Bad) }
}

/// What is written for a field.
pub(crate) enum Field<'a> {
    Text(&'a str),
    Bool(bool),
    /// Written already.
    Json(&'a str),
    Null,
}

/// An object with these fields, in this order.
pub(crate) fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Field<'a>)>) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        text.push(if text.is_empty() { '{' } else { ',' });
        write_text(&mut text, name);
        text.push(':');
        match value {
            Field::Text(value) => write_text(&mut text, value),
            Field::Bool(is) => text.push_str(if is { "true" } else { "false" }),
            Field::Json(value) => text.push_str(value),
            Field::Null => text.push_str("null"),
        }
    }
    text.push('}');
    text
}

fn write_text(into: &mut String, text: &str) {
    into.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => into.extend(['\\', c]),
            // Writing to a String cannot fail.
            '\0'..' ' => drop(write!(into, "\\u{:04x}", u32::from(c))),
            _ => into.push(c),
        }
    }
    into.push('"');
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    deep: u8,
}

impl Reader<'_> {
    /// The next byte that is not blank, left where it is.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Whether the next byte is this one; then it is taken.
    fn take(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    fn want(&mut self, byte: u8) -> Result<(), Bad> {
        if self.take(byte) { Ok(()) } else { Err(Bad) }
    }

    fn word(&mut self, word: &str) -> Result<(), Bad> {
        self.peek();
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(Bad);
        }
        self.at += word.len();
        Ok(())
    }

    /// A number, or something like one that is none of ours.
    fn number(&mut self) -> Result<Value, Bad> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let part_of = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let length = rest.find(|c| !part_of(c)).unwrap_or(rest.len());
        let digits = rest.get(..length).filter(|digits| !digits.is_empty()).ok_or(Bad)?;
        self.at += length;
        let whole = if digits.starts_with('+') { None } else { digits.parse().ok() };
        Ok(whole.map_or(Value::Other, Value::Number))
    }

    fn string(&mut self) -> Result<String, Bad> {
        self.want(b'"')?;
        let mut read = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest.find(['"', '\\']).ok_or(Bad)?;
            read.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain + 1;
            if rest.as_bytes().get(plain) == Some(&b'"') {
                return Ok(read);
            }
            read.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Result<char, Bad> {
        let kind = *self.text.as_bytes().get(self.at).ok_or(Bad)?;
        self.at += 1;
        Ok(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let first = self.hex()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    self.word("\\u")?;
                    let second = self.hex()?;
                    if !(0xdc00..0xe000).contains(&second) {
                        return Err(Bad);
                    }
                    0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                } else {
                    first
                };
                char::from_u32(code).ok_or(Bad)?
            }
            _ => return Err(Bad),
        })
    }

    fn hex(&mut self) -> Result<u32, Bad> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Bad)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| Bad)
    }

    /// Enters a list or an object.
    fn enter(&mut self, bracket: u8) -> Result<(), Bad> {
        self.want(bracket)?;
        self.deep += 1;
        if self.deep > DEEPEST { Err(Bad) } else { Ok(()) }
    }

    /// Whether another item follows; at the end, leaves.
    fn item(&mut self, first: bool, bracket: u8) -> Result<bool, Bad> {
        if self.take(bracket) {
            self.deep = self.deep.saturating_sub(1);
            return Ok(false);
        }
        if !first {
            self.want(b',')?;
        }
        Ok(true)
    }

    fn value(&mut self) -> Result<Value, Bad> {
        Ok(match self.peek().ok_or(Bad)? {
            b'"' => Value::Text(self.string()?),
            b'{' => {
                let mut fields = Vec::new();
                self.enter(b'{')?;
                while self.item(fields.is_empty(), b'}')? {
                    let name = self.string()?;
                    self.want(b':')?;
                    fields.push((name, self.value()?));
                }
                Value::Object(fields)
            }
            b'[' => {
                let mut items = Vec::new();
                self.enter(b'[')?;
                while self.item(items.is_empty(), b']')? {
                    items.push(self.value()?);
                }
                Value::List(items)
            }
            b't' => self.word("true").map(|()| Value::Bool(true))?,
            b'f' => self.word("false").map(|()| Value::Bool(false))?,
            b'n' => self.word("null").map(|()| Value::Null)?,
            _ => self.number()?,
        })
    }
}

#[cfg(test)]
mod tests;
