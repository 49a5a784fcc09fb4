//! Mends one bug of an old wasm-opt: Binaryen 108 (Debian's) writes 0 as the index of every
//! exported table, so that wasm-bindgen's table of JavaScript values is exported as the table of
//! functions, and the pod dies at its first call. Newer ones write the right index; then there is
//! nothing to do.

use anyhow::{Context, Result, bail, ensure};

const TABLES: u8 = 4;
const EXPORTS: u8 = 7;
const KIND_TABLE: u8 = 1;
const EXTERNREF: u8 = 0x6f;
const NAME: &[u8] = b"__wbindgen_externrefs";

/// Makes the export point at the table that holds JavaScript values. Says whether it had to.
pub(crate) fn mend(wasm: &mut [u8]) -> Result<bool> {
    ensure!(wasm.starts_with(b"\0asm\x01\0\0\0"), "this is no wasm module");
    let (mut wanted, mut export) = (None, None);
    let mut at = Reader { bytes: wasm, at: 8 };
    while at.at < wasm.len() {
        let (section, len) = (at.byte()?, at.number()?);
        let end = at.at + len;
        match section {
            TABLES => wanted = externref_table(&mut at)?,
            EXPORTS => export = exported_index(&mut at)?,
            _ => {}
        }
        at.at = end;
    }
    let (Some(wanted), Some(place)) = (wanted, export) else {
        // No JavaScript values are kept, or not in a table.
        return Ok(false);
    };
    if wasm[place] == wanted {
        return Ok(false);
    }
    wasm[place] = wanted;
    Ok(true)
}

/// The index of the only table of JavaScript values.
fn externref_table(at: &mut Reader<'_>) -> Result<Option<u8>> {
    let mut found = None;
    for index in 0..at.number()? {
        if at.byte()? == EXTERNREF {
            ensure!(found.is_none(), "two tables of JavaScript values: which one is exported?");
            // One byte in the file only below 128.
            found = Some(u8::try_from(index).ok().filter(|i| *i < 128).context("too many tables")?);
        }
        let limits = at.byte()?;
        at.number()?;
        if limits & 1 == 1 {
            at.number()?;
        }
    }
    Ok(found)
}

/// Where the index of the exported table stands in the file.
fn exported_index(at: &mut Reader<'_>) -> Result<Option<usize>> {
    for _ in 0..at.number()? {
        let len = at.number()?;
        let name = at.bytes.get(at.at..at.at + len).context("a name beyond the end")?;
        at.at += len;
        let kind = at.byte()?;
        let place = at.at;
        at.number()?;
        if kind == KIND_TABLE && name == NAME {
            ensure!(at.at == place + 1, "an index of more than one byte");
            return Ok(Some(place));
        }
    }
    Ok(None)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).context("the module ends too early")?;
        self.at += 1;
        Ok(byte)
    }

    /// LEB128, unsigned, 32 bits.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0_usize;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        bail!("a number of more than 32 bits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with a table of functions, one of JavaScript values, and the latter's export.
    fn module(index: u8) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.extend([TABLES, 8, 2, 0x70, 1, 4, 4, EXTERNREF, 0, 4]);
        wasm.extend([EXPORTS, 25, 1, 21]);
        wasm.extend(NAME);
        wasm.extend([KIND_TABLE, index]);
        wasm
    }

    #[test]
    fn the_export_points_at_javascript_values() -> Result<()> {
        let mut right = module(1);
        assert!(!mend(&mut right)?);
        let mut wrong = module(0);
        assert!(mend(&mut wrong)?);
        assert_eq!(wrong, right);
        Ok(())
    }

    #[test]
    fn damage_is_an_error() {
        assert!(mend(&mut b"not wasm".to_vec()).is_err());
        let whole = module(0);
        assert!(mend(&mut whole[..20].to_vec()).is_err());
    }
}
