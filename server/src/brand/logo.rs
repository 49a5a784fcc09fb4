//! A logo, made anew: whatever was uploaded is decoded within limits, scaled to the page's size and
//! written again by us. What goes out holds the picture and nothing else: no metadata, no second
//! file hidden in the first, no script.

mod palette;

use std::io::Cursor;

use data_encoding::HEXLOWER;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage, imageops};

use crate::seal::sha256;

/// The largest file that is looked at.
pub const MOST_BYTES: usize = 1_000_000;
/// The largest logo that goes out: the page is 8 kB beside it.
pub const OUT_BYTES: usize = 10_000;
/// Twice the 240 × 80 that the page gives it, for sharp screens.
const BOX: (u32, u32) = (480, 160);
const SMALLEST: u32 = 16;
const MOST_SIDE: u32 = 6000;
/// 16 MB when decoded.
const MOST_PIXELS: u64 = 4_000_000;

/// A logo of ours.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    /// The file.
    pub png: Vec<u8>,
    /// Hex of its SHA-256: its address.
    pub hash: String,
}

/// Makes a logo of what was uploaded. Takes up to half a second of a processor.
///
/// # Errors
/// Why this can't be one, in words for the form.
pub fn make(bytes: &[u8]) -> Result<Logo, &'static str> {
    let picture = scaled(decode(bytes)?, BOX);
    if picture.pixels().all(|pixel| pixel.0[3] < 8) {
        return Err("There is nothing to see in this picture: it is transparent everywhere.");
    }
    let png = smallest(&picture).ok_or(
        "This picture has too much detail for a page of a few kilobytes (a photograph, perhaps). \
         Upload a logo with plain areas of colour.",
    )?;
    Ok(Logo { hash: HEXLOWER.encode(&sha256(&png)), png })
}

/// Whether a text is the address of a logo.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

const ANEW: &str = "Upload a PNG or a JPEG: open the logo in any picture program and save it anew.";

/// What kind of file this is, by what stands in it; its name and what the browser calls it say
/// nothing.
fn kind(bytes: &[u8]) -> Result<ImageFormat, &'static str> {
    let start = &bytes[..bytes.len().min(1024)];
    if start.starts_with(b"\x89PNG\r\n\x1a\n") {
        return match png_end(bytes) {
            Some(end) if end == bytes.len() => Ok(ImageFormat::Png),
            Some(_) => Err(
                "Something stands behind the picture’s end in this file. Open it in any picture \
                 program and save it anew.",
            ),
            None => Err("This PNG breaks off. Upload it again, or save it anew."),
        };
    }
    if start.starts_with(b"\xff\xd8\xff") {
        return if bytes.ends_with(b"\xff\xd9") {
            Ok(ImageFormat::Jpeg)
        } else {
            Err("This JPEG breaks off, or something stands behind its end. Save it anew.")
        };
    }
    let text = start.trim_ascii_start();
    Err(if start.is_empty() {
        "Choose a file."
    } else if start.windows(4).any(|four| four.eq_ignore_ascii_case(b"<svg"))
        || text.starts_with(b"<")
        || text.starts_with(b"\xef\xbb\xbf<")
    {
        "An SVG can hold scripts, so none is taken. Upload it as a PNG, 480 pixels wide."
    } else if start.starts_with(b"GIF8") {
        "A GIF is not taken. Upload it as a PNG."
    } else if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
        "A WebP is not taken. Upload it as a PNG."
    } else {
        ANEW
    })
}

/// Where the last chunk of a PNG ends. (w3.org/TR/png-3, 5.3: length, type, data, CRC.)
fn png_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 8_usize;
    loop {
        let head = bytes.get(at..at.checked_add(8)?)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        at = at.checked_add(12)?.checked_add(usize::try_from(length).ok()?)?;
        bytes.get(..at)?;
        if &head[4..] == b"IEND" {
            return Some(at);
        }
    }
}

const BROKEN: &str = "This picture can’t be read. Open it in any picture program and save it anew.";
const LARGE: &str = "This picture has too many pixels. Save it 480 pixels wide.";

fn decode(bytes: &[u8]) -> Result<RgbaImage, &'static str> {
    if bytes.len() > MOST_BYTES {
        return Err("This file is larger than 1 MB. A logo needs no more than 480 × 160 pixels.");
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind(bytes)?);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_PIXELS * 8 + (8 << 20));
    reader.limits(limits);
    let limit = |error| match error {
        image::ImageError::Limits(_) => LARGE,
        _ => BROKEN,
    };
    let mut decoder = reader.into_decoder().map_err(limit)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(LARGE);
    }
    if width < SMALLEST || height < SMALLEST {
        return Err("This picture is too small. A logo has at least 16 pixels on each side.");
    }
    let turned = decoder.orientation().map_err(limit)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(limit)?;
    picture.apply_orientation(turned);
    Ok(picture.into_rgba8())
}

/// Within this box; never larger than it was.
fn scaled(picture: RgbaImage, (wide, high): (u32, u32)) -> RgbaImage {
    let (width, height) = picture.dimensions();
    if width <= wide && height <= high {
        return picture;
    }
    let scale = (f64::from(wide) / f64::from(width)).min(f64::from(high) / f64::from(height));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the box")]
    let to = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    // Colours count as much as they are seen: otherwise what is transparent bleeds into edges.
    let mut seen = picture;
    for pixel in seen.pixels_mut() {
        let [r, g, b, a] = pixel.0.map(u32::from);
        pixel.0 = [r * a / 255, g * a / 255, b * a / 255, a].map(byte);
    }
    let mut small = imageops::resize(&seen, to(width), to(height), imageops::FilterType::Lanczos3);
    for pixel in small.pixels_mut() {
        let [r, g, b, a] = pixel.0.map(u32::from);
        let back = |part: u32| byte((part * 255).checked_div(a).unwrap_or_default());
        pixel.0 = [back(r), back(g), back(b), byte(a)];
    }
    small
}

fn byte(part: u32) -> u8 {
    u8::try_from(part).unwrap_or(u8::MAX)
}

/// The best of its PNGs that is small enough: all colours first, then fewer, then fewer pixels.
fn smallest(picture: &RgbaImage) -> Option<Vec<u8>> {
    for percent in [100, 80, 65, 50] {
        let fit = (BOX.0 * percent / 100, BOX.1 * percent / 100);
        let small = scaled(picture.clone(), fit);
        for colors in [256, 128, 64, 32] {
            let png = palette::write(&small, colors)?;
            if png.len() <= OUT_BYTES {
                return Some(png);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
