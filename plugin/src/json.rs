//! Reading JSON into the wire types, 31 kB (brotli) lighter than `serde_json`: it says that a
//! text is wrong but not where and why, knows no fractions (the wire has none), and calls only
//! those of a visitor's methods that fit. Host tests hold it against `serde_json`.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

/// The text is not what it should be. No words: nobody could do anything about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bad;

impl fmt::Display for Bad {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Bad {}

impl de::Error for Bad {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// How deep values may be nested.
const DEEPEST: u8 = 32;

/// Reads one value from all of `text`.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Bad> {
    let mut reader = Reader { text, at: 0, deep: 0 };
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
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

    fn end(&mut self) -> Result<(), Bad> {
        if self.peek().is_none() { Ok(()) } else { Err(Bad) }
    }

    fn number(&mut self) -> Result<i64, Bad> {
        self.peek();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let part_of = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let length = rest.find(|c| !part_of(c)).unwrap_or(rest.len());
        let digits = rest.get(..length).unwrap_or_default();
        self.at += length;
        if digits.starts_with('+') {
            return Err(Bad);
        }
        digits.parse().map_err(|_| Bad)
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
    fn item(&mut self, first: &mut bool, bracket: u8) -> Result<bool, Bad> {
        if self.take(bracket) {
            self.deep = self.deep.saturating_sub(1);
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            self.want(b',')?;
        }
        Ok(true)
    }

    fn skip(&mut self) -> Result<(), Bad> {
        match self.peek().ok_or(Bad)? {
            b'"' => self.string().map(drop),
            open @ (b'{' | b'[') => {
                self.enter(open)?;
                let mut first = true;
                // The closing bracket is two after the opening one, in both pairs.
                while self.item(&mut first, open + 2)? {
                    if open == b'{' {
                        self.string()?;
                        self.want(b':')?;
                    }
                    self.skip()?;
                }
                Ok(())
            }
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            // What is skipped may be a fraction.
            _ => self.number().map(drop).or(Ok(())),
        }
    }
}

/// The items of a list, or the fields of an object.
struct Items<'a, 'b> {
    reader: &'a mut Reader<'b>,
    first: bool,
}

impl<'de> de::SeqAccess<'de> for Items<'_, '_> {
    type Error = Bad;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Bad> {
        if !self.reader.item(&mut self.first, b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> de::MapAccess<'de> for Items<'_, '_> {
    type Error = Bad;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Bad> {
        if !self.reader.item(&mut self.first, b'}')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Bad> {
        self.reader.want(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// Methods of the deserializer that read a value of one kind only.
macro_rules! only {
    ($($method:ident => $this:ident, $visitor:ident, $how:expr;)+) => {$(
        fn $method<V: Visitor<'de>>(self, $visitor: V) -> Result<V::Value, Bad> {
            let $this = self;
            $how
        }
    )+};
}

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = Bad;

    // For enums with a tag: their fields are kept until the tag is known.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        match self.peek().ok_or(Bad)? {
            b'"' => visitor.visit_string(self.string()?),
            b'{' => self.deserialize_map(visitor),
            b'[' => self.deserialize_seq(visitor),
            b't' | b'f' => self.deserialize_bool(visitor),
            b'n' => self.deserialize_unit(visitor),
            _ => visitor.visit_i64(self.number()?),
        }
    }

    only! {
        deserialize_bool => this, visitor, {
            let is = this.peek() == Some(b't');
            this.word(if is { "true" } else { "false" })?;
            visitor.visit_bool(is)
        };
        deserialize_i64 => this, visitor, visitor.visit_i64(this.number()?);
        deserialize_u16 => this, visitor, visitor.visit_i64(this.number()?);
        deserialize_u32 => this, visitor, visitor.visit_i64(this.number()?);
        deserialize_str => this, visitor, visitor.visit_str(&this.string()?);
        deserialize_string => this, visitor, visitor.visit_string(this.string()?);
        deserialize_identifier => this, visitor, visitor.visit_str(&this.string()?);
        deserialize_unit => this, visitor, {
            this.word("null")?;
            visitor.visit_unit()
        };
        deserialize_option => this, visitor, {
            if this.peek() == Some(b'n') {
                this.word("null")?;
                return visitor.visit_none();
            }
            visitor.visit_some(this)
        };
        deserialize_seq => this, visitor, {
            this.enter(b'[')?;
            visitor.visit_seq(Items { reader: this, first: true })
        };
        deserialize_map => this, visitor, {
            this.enter(b'{')?;
            visitor.visit_map(Items { reader: this, first: true })
        };
        deserialize_ignored_any => this, visitor, {
            this.skip()?;
            visitor.visit_unit()
        };
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Bad> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Bad> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Bad> {
        visitor.visit_enum(StrDeserializer::new(&self.string()?))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u64 u128 f32 f64 char bytes byte_buf unit_struct tuple tuple_struct
    }
}

#[cfg(test)]
mod tests;
