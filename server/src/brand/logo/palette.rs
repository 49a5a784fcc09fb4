//! A picture in few colours, as the smallest PNG: median cut over its colours (Heckbert, 1982).

use std::collections::HashMap;

use image::RgbaImage;

type Color = [u8; 4];

/// The picture as a PNG with at most so many colours (256 at most). The same picture makes the same
/// bytes. `None` when the encoder fails, which it does for no picture that we have.
pub(super) fn write(picture: &RgbaImage, colors: usize) -> Option<Vec<u8>> {
    let mut counts: HashMap<Color, u32> = HashMap::new();
    for pixel in picture.pixels() {
        *counts.entry(plain(pixel.0)).or_default() += 1;
    }
    let mut all: Vec<(Color, u32)> = counts.into_iter().collect();
    all.sort_unstable();
    let (palette, places) = cut(all, colors.clamp(2, 256));
    let pixels: Vec<u8> =
        picture.pixels().filter_map(|pixel| places.get(&plain(pixel.0)).copied()).collect();
    encode(picture.dimensions(), &palette, &pixels)
}

/// What can't be seen has no colour.
fn plain(color: Color) -> Color {
    if color[3] == 0 { [0; 4] } else { color }
}

/// Colours that become one, each with how many pixels have it.
struct Bin {
    colors: Vec<(Color, u32)>,
    /// How far they are apart, and in which channel.
    spread: (u64, usize),
}

impl Bin {
    fn of(colors: Vec<(Color, u32)>) -> Self {
        let count: u64 = colors.iter().map(|(_, count)| u64::from(*count)).sum();
        let width = |channel: usize| {
            let parts = colors.iter().map(|(color, _)| color[channel]);
            let (low, high) = (parts.clone().min(), parts.max());
            u64::from(high.unwrap_or_default() - low.unwrap_or_default())
        };
        let (width, channel) =
            (0..4).map(|channel| (width(channel), channel)).max().unwrap_or_default();
        // A root, so that a background's noise does not take all places.
        Self { spread: (width * count.isqrt().max(1), channel), colors }
    }

    /// Two halves, by pixels, of its widest channel.
    fn halves(mut self) -> [Self; 2] {
        let channel = self.spread.1;
        self.colors.sort_unstable_by_key(|(color, _)| (color[channel], *color));
        let half = self.colors.iter().map(|(_, count)| u64::from(*count)).sum::<u64>() / 2;
        let mut before = 0;
        let middle = self.colors.iter().position(|(_, count)| {
            before += u64::from(*count);
            before > half
        });
        let middle = middle.unwrap_or_default().clamp(1, self.colors.len() - 1);
        let rest = self.colors.split_off(middle);
        [Self::of(self.colors), Self::of(rest)]
    }
}

/// A palette, those that can be seen through first, and each colour's place in it.
fn cut(all: Vec<(Color, u32)>, most: usize) -> (Vec<Color>, HashMap<Color, u8>) {
    let mut boxes = vec![Bin::of(all)];
    while boxes.len() < most {
        let widest = boxes.iter().enumerate().max_by_key(|(_, one)| one.spread.0);
        let Some((at, _)) = widest.filter(|(_, one)| one.spread.0 > 0) else { break };
        let halves = boxes.swap_remove(at).halves();
        boxes.extend(halves);
    }
    let mut mixed: Vec<(Color, Bin)> =
        boxes.into_iter().map(|one| (mean(&one.colors), one)).collect();
    mixed.sort_by_key(|(color, _)| (color[3] == 255, *color));
    let mut places = HashMap::new();
    for (place, (_, one)) in (0_u8..=255).zip(&mixed) {
        places.extend(one.colors.iter().map(|(color, _)| (*color, place)));
    }
    (mixed.into_iter().map(|(color, _)| color).collect(), places)
}

fn mean(colors: &[(Color, u32)]) -> Color {
    let count: u64 = colors.iter().map(|(_, count)| u64::from(*count)).sum::<u64>().max(1);
    let part = |channel: usize| {
        let sum: u64 =
            colors.iter().map(|(color, n)| u64::from(color[channel]) * u64::from(*n)).sum();
        u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX)
    };
    [part(0), part(1), part(2), part(3)]
}

fn encode((width, height): (u32, u32), palette: &[Color], pixels: &[u8]) -> Option<Vec<u8>> {
    let depth: usize = match palette.len() {
        ..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    };
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::from_u8(u8::try_from(depth).ok()?)?);
    encoder.set_palette(
        palette.iter().flat_map(|color| [color[0], color[1], color[2]]).collect::<Vec<u8>>(),
    );
    let clear: Vec<u8> =
        palette.iter().map(|color| color[3]).take_while(|alpha| *alpha < 255).collect();
    if !clear.is_empty() {
        encoder.set_trns(clear);
    }
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    // Rows begin at a whole byte. (w3.org/TR/png-3, 7.2)
    let mut rows = Vec::new();
    for row in pixels.chunks(usize::try_from(width).ok()?) {
        for few in row.chunks(8 / depth) {
            let packed = few.iter().enumerate();
            rows.push(packed.fold(0, |byte, (at, place)| byte | place << (8 - depth * (at + 1))));
        }
    }
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&rows).ok()?;
    writer.finish().ok()?;
    Some(png)
}
