//! Logos that are taken, and everything else.

use proptest::prelude::*;

use super::*;

/// A logo as people draw them: text-like bars with soft edges on nothing.
pub(crate) fn drawn(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let edge = (x * 8 / width.max(1)).is_multiple_of(2) && y > height / 4 && y < height * 3 / 4;
        let soft = u8::try_from(x * 255 / width.max(1)).unwrap();
        if edge { image::Rgba([31, 95, soft, 255]) } else { image::Rgba([0, 0, 0, 0]) }
    })
}

/// What no palette makes small.
fn noise(width: u32, height: u32) -> RgbaImage {
    let mut seed = 1_u32;
    RgbaImage::from_fn(width, height, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [r, g, b, _] = seed.to_be_bytes();
        image::Rgba([r, g, b, 255])
    })
}

pub(crate) fn written(picture: &RgbaImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let picture = DynamicImage::from(picture.clone());
    match format {
        ImageFormat::Jpeg => picture.into_rgb8().write_to(&mut file, format).unwrap(),
        _ => picture.write_to(&mut file, format).unwrap(),
    }
    file.into_inner()
}

fn read(png: &[u8]) -> RgbaImage {
    image::load_from_memory_with_format(png, ImageFormat::Png).unwrap().into_rgba8()
}

/// The types of a PNG's chunks.
fn chunks(png: &[u8]) -> Vec<String> {
    let (mut at, mut names) = (8, Vec::new());
    while at < png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        names.push(String::from_utf8_lossy(&png[at + 4..at + 8]).into_owned());
        at += 12 + usize::try_from(length).unwrap();
    }
    names
}

#[test]
fn a_logo_is_scaled_and_holds_nothing_but_the_picture() {
    for (width, height, becomes) in [
        (1200, 400, (480, 160)),
        (960, 160, (480, 80)),
        (300, 900, (53, 160)),
        (240, 80, (240, 80)),
    ] {
        let logo = make(&written(&drawn(width, height), ImageFormat::Png)).unwrap();
        assert_eq!(read(&logo.png).dimensions(), becomes, "{width} × {height}");
        assert!(logo.png.len() <= OUT_BYTES && is_hash(&logo.hash));
        for name in chunks(&logo.png) {
            assert!(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].contains(&name.as_str()), "{name}");
        }
    }
}

#[test]
fn few_colors_stay_exactly_what_they_are() {
    let picture = drawn(240, 80);
    assert_eq!(read(&make(&written(&picture, ImageFormat::Png)).unwrap().png), picture);
    // The same picture is the same logo, however it came.
    let one = make(&written(&picture, ImageFormat::Png)).unwrap();
    let two = make(&one.png).unwrap();
    assert!(one == two);
}

#[test]
fn many_colors_become_fewer_and_noise_is_refused() {
    let sky = RgbaImage::from_fn(480, 160, |x, y| {
        let part = |n: u32| u8::try_from(n % 256).unwrap();
        image::Rgba([part(x / 2), part(y), part((x + y) / 3), 255])
    });
    let logo = make(&written(&sky, ImageFormat::Png)).unwrap();
    assert!(logo.png.len() <= OUT_BYTES, "{}", logo.png.len());
    let why = make(&written(&noise(480, 160), ImageFormat::Png)).err().unwrap();
    assert!(why.contains("too much detail"), "{why}");
}

#[test]
fn a_jpeg_is_turned_as_its_camera_says_and_loses_what_it_tells() {
    let mut jpeg = written(&drawn(320, 100), ImageFormat::Jpeg);
    // Exif: one entry, orientation 6 (a quarter turn), and somebody's words behind it.
    let mut exif =
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(b"geheim");
    let mut segment = vec![0xff, 0xe1];
    segment.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    segment.extend_from_slice(&exif);
    jpeg.splice(2..2, segment);
    let logo = make(&jpeg).unwrap();
    assert_eq!(read(&logo.png).dimensions(), (50, 160), "100 × 320 in the box");
    assert!(!logo.png.windows(6).any(|six| six == b"geheim"));
}

#[test]
fn everything_else_is_refused_with_the_reason() {
    let png = written(&drawn(100, 100), ImageFormat::Png);
    let jpeg = written(&drawn(100, 100), ImageFormat::Jpeg);
    let with = |file: &[u8], more: &[u8]| [file, more].concat();
    let huge_head = {
        let mut head = png.clone();
        head[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        head
    };
    let clear = written(&RgbaImage::new(100, 100), ImageFormat::Png);
    for (file, says) in [
        (&b""[..], "Choose a file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "An SVG can hold scripts"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><!DOCTYPE svg><svg/>", "An SVG can hold scripts"),
        (b"<!doctype html><script>alert(1)</script>", "An SVG can hold scripts"),
        (b"GIF89a\x01\0\x01\0\0\0\0;", "A GIF is not taken"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "A WebP is not taken"),
        (b"%PDF-1.7", "Upload a PNG or a JPEG"),
        (b"PK\x03\x04", "Upload a PNG or a JPEG"),
        (&with(&png, b"PK\x03\x04 an archive behind it"), "behind the picture’s end"),
        (&with(&png, b"\0"), "behind the picture’s end"),
        (&with(&jpeg, b"<script>"), "something stands behind its end"),
        (&png[..png.len() - 12], "breaks off"),
        (&png[..40], "breaks off"),
        (&jpeg[..jpeg.len() - 20], "breaks off"),
        (&huge_head, "can’t be read"),
        (&written(&drawn(15, 100), ImageFormat::Png), "too small"),
        (&written(&drawn(6001, 20), ImageFormat::Png), "too many pixels"),
        (&written(&RgbaImage::new(2500, 2500), ImageFormat::Png), "too many pixels"),
        (&clear, "nothing to see"),
        (&vec![0; MOST_BYTES + 1], "larger than 1 MB"),
    ] {
        let why = make(file).err().unwrap();
        let shown = String::from_utf8_lossy(&file[..file.len().min(30)]).into_owned();
        assert!(why.contains(says), "{shown:?}: {why}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_no_logo(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(make(&bytes).is_err());
        for start in [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff"] {
            prop_assert!(make(&[start, &bytes, b"\xff\xd9"].concat()).is_err());
        }
    }

    /// Cut off, changed, something put in: a reason or a logo of ours, never a panic.
    #[test]
    fn damaged_pictures_do_no_harm(
        jpeg: bool,
        cut in 0..100_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        more in proptest::collection::vec(any::<u8>(), 0..8),
        at: prop::sample::Index,
    ) {
        let format = if jpeg { ImageFormat::Jpeg } else { ImageFormat::Png };
        let mut file = written(&drawn(64, 32), format);
        file.truncate(file.len() - cut.min(file.len() - 1));
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let at = at.index(file.len());
        file.splice(at..at, more);
        if let Ok(logo) = make(&file) {
            prop_assert!(logo.png.len() <= OUT_BYTES);
            let (width, height) = read(&logo.png).dimensions();
            prop_assert!(width <= 480 && height <= 160);
        }
    }
}
