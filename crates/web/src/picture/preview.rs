//! Pictures made small and anew, so that a reader's browser never decodes a stranger's bytes and learns
//! nothing that the picture does not show: no place, no camera, no second file behind the first.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// The longer side of a preview, in pixels.
const LONGEST: u32 = 1_280;
const QUALITY: u8 = 82;
/// The largest side of an original, and the bytes it may take when unpacked.
const MAX_SIDE: u32 = 16_000;
const MAX_UNPACKED: u64 = 256 << 20;

/// What a browser is given.
#[derive(Clone)]
pub struct Preview {
    pub bytes: Bytes,
    pub content_type: &'static str,
}

impl Preview {
    /// Of a PNG, JPEG, WebP or GIF picture, whatever its author says it is; of one that moves, the
    /// beginning.
    ///
    /// # Errors
    /// Why it is not shown, in words.
    pub fn of(original: &[u8]) -> Result<Self, String> {
        let picture = decode(original)?;
        let is_larger = picture.width().max(picture.height()) > LONGEST;
        let small = if is_larger { picture.thumbnail(LONGEST, LONGEST) } else { picture };
        encode(&small).map_err(|error| error.to_string())
    }
}

fn decode(original: &[u8]) -> Result<DynamicImage, String> {
    let mut reader = ImageReader::new(Cursor::new(original));
    reader.set_format(sniff(original).ok_or("it is not a PNG, JPEG, WebP or GIF picture")?);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_UNPACKED);
    reader.limits(limits);
    let unreadable = |error: image::ImageError| format!("it cannot be decoded: {error}");
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// JPEG, or PNG if one can see through it.
fn encode(picture: &DynamicImage) -> image::ImageResult<Preview> {
    let mut bytes = Vec::new();
    if picture.color().has_alpha() {
        let plain = DynamicImage::ImageRgba8(picture.to_rgba8());
        plain.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
        return Ok(Preview { bytes: bytes.into(), content_type: "image/png" });
    }
    picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
    Ok(Preview { bytes: bytes.into(), content_type: "image/jpeg" })
}

/// The kind of picture that the first bytes announce.
fn sniff(bytes: &[u8]) -> Option<ImageFormat> {
    let kinds = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];
    image::guess_format(bytes).ok().filter(|kind| kinds.contains(kind))
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    fn meadow(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, 120, y as u8])).into()
    }

    #[test]
    fn a_large_picture_is_made_small_and_a_small_one_stays_as_it_is() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
            let preview = Preview::of(&file(&meadow(3_000, 1_500), format)).unwrap();
            let shown = image::load_from_memory(&preview.bytes).unwrap();
            assert_eq!((shown.width(), shown.height()), (1_280, 640), "{format:?}");
        }
        let preview = Preview::of(&file(&meadow(40, 30), ImageFormat::Png)).unwrap();
        let shown = image::load_from_memory(&preview.bytes).unwrap();
        assert_eq!((shown.width(), shown.height()), (40, 30));
        assert_eq!(preview.content_type, "image/jpeg");
    }

    #[test]
    fn what_one_can_see_through_stays_so() {
        let glass = RgbaImage::from_pixel(20, 20, Rgba([10, 20, 30, 0])).into();
        let preview = Preview::of(&file(&glass, ImageFormat::Png)).unwrap();
        assert_eq!(preview.content_type, "image/png");
        assert_eq!(image::load_from_memory(&preview.bytes).unwrap().to_rgba8()[(5, 5)].0[3], 0);
    }

    #[test]
    fn what_stands_behind_a_picture_is_left_out() {
        let mut bytes = file(&meadow(40, 30), ImageFormat::Jpeg);
        bytes.extend_from_slice(b"<script>secret place: 51.05, 7.62</script>");
        let preview = Preview::of(&bytes).unwrap();
        assert!(!preview.bytes.windows(6).any(|part| part == b"secret"));
    }

    #[test]
    fn what_a_browser_could_run_is_no_picture() {
        for bytes in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'>"[..],
            b"<!doctype html>",
            b"%PDF-1.7",
            b"",
            b"\x89PNG",
            b"BM6\0\0\0",
        ] {
            assert!(Preview::of(bytes).is_err());
        }
    }

    #[test]
    fn a_picture_that_claims_to_be_huge_is_not_unpacked() {
        let mut bytes = file(&meadow(8, 8), ImageFormat::Png);
        // Width and height stand in the header, followed by its checksum.
        bytes[16..24].copy_from_slice(&[0, 0, 0x3a, 0x98, 0, 0, 0x3a, 0x98]);
        let checksum = crc(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert!(Preview::of(&bytes).is_err());
    }

    /// CRC-32 as in PNG files.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 }
            })
        })
    }
}
