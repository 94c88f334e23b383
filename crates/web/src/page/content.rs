//! What records hold besides short fields: long descriptions, files, pictures, pages elsewhere.

use hypercerts_lexicon::{Blob, Did};
use hypercerts_records::{Content, Description, Picture, Value};

use crate::format::link::{self, Outside};
use crate::format::number;
use crate::format::text::RichText;

/// Picture formats the app passes on; the proxy looks at the bytes again.
const PICTURES: [&str; 5] = ["image/jpeg", "image/jpg", "image/png", "image/webp", "image/gif"];
/// A description is folded at the first line break after so many characters.
const FOLD: usize = 1_200;

/// A long text, wherever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LongText {
    /// The text, cut where the page folds it.
    Here { shown: RichText, folded: Option<RichText> },
    /// In another record, under this address.
    Elsewhere(Outside),
    /// In a form that is not set here, named by its type.
    Unset(String),
}

impl LongText {
    /// Reads a description in any of its forms, a plain string included.
    pub fn of(description: &Description) -> Self {
        let here = |text: RichText| {
            let (shown, folded) = text.fold(FOLD);
            Self::Here { shown, folded }
        };
        match description {
            Description::Text(text) => here(RichText::new(&text.value, &text.facets)),
            Description::Unknown(Value::Text(text)) => here(RichText::plain(text)),
            Description::Record(record) => Self::Elsewhere(Outside::of(record.uri().as_str())),
            Description::Leaflet(_) => Self::Unset("a Leaflet page".to_owned()),
            Description::Unknown(other) => {
                Self::Unset(other.type_name().unwrap_or("an unnamed type").to_owned())
            }
        }
    }
}

/// A page or file that a record holds or points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub link: Outside,
    pub is_file: bool,
}

impl Source {
    /// Reads one item of a record's content; `holder` keeps its files.
    pub fn of(content: &Content, holder: &Did) -> Self {
        match content {
            Content::Uri(page) => Self::page(page.uri.as_str()),
            Content::File(file) => {
                let blob = &file.blob;
                let shown = format!("{}, {}", blob.mime_type, number::size(blob.size));
                Self { link: Outside { href: address(blob, holder), shown }, is_file: true }
            }
            Content::Unknown(value) => {
                let shown = value.type_name().unwrap_or("content of an unnamed type").to_owned();
                Self { link: Outside { href: None, shown }, is_file: true }
            }
        }
    }

    /// A page elsewhere.
    pub fn page(uri: &str) -> Self {
        Self { link: Outside::of(uri), is_file: false }
    }
}

/// A picture that a record names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    /// Kept in the repository and shown from there.
    Shown(String),
    /// Kept elsewhere: offered as a link, because loading it would tell its host who reads.
    Elsewhere(Outside),
}

impl Image {
    /// The picture, if it is one that can be shown or followed.
    pub fn of(picture: &Picture, holder: &Did) -> Option<Self> {
        match picture {
            Picture::Uri(page) => Some(Self::Elsewhere(Outside::of(page.uri.as_str()))),
            Picture::Small(image) | Picture::Large(image) => {
                address(&image.image, holder).map(Self::Shown)
            }
            Picture::Unknown(_) => None,
        }
    }
}

fn address(blob: &Blob, holder: &Did) -> Option<String> {
    PICTURES.contains(&blob.mime_type.as_str()).then(|| link::blob(holder, &blob.cid.to_string()))
}
