//! Shapes that several record types share.

use hypercerts_lexicon::{Blob, Did, Uri, Value};
use serde::{Deserialize, Serialize};

use crate::link::StrongRef;
use crate::nsid::shape;
use crate::object::{object, union};

object! {
    /// An address.
    UriObject { required { uri: Uri, } optional {} lists {} }
}

object! {
    /// An uploaded file of any kind.
    FileBlob {
        required {
            #[serde(with = "blob_json")]
            blob: Blob,
        }
        optional {}
        lists {}
    }
}

object! {
    /// An uploaded picture.
    ImageBlob {
        required {
            #[serde(with = "blob_json")]
            image: Blob,
        }
        optional {}
        lists {}
    }
}

/// A blob reference in JSON.
pub(crate) mod blob_json {
    use hypercerts_lexicon::{Blob, Value};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(blob: &Blob, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from(blob.clone()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Blob, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Blob::from_value(&value).ok_or_else(|| D::Error::custom("a blob reference is needed"))
    }
}

/// A blob reference that may be absent.
pub(crate) mod optional_blob_json {
    use hypercerts_lexicon::Blob;
    use serde::{Deserializer, Serializer};

    use super::blob_json;

    pub(crate) fn serialize<S: Serializer>(
        blob: &Option<Blob>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match blob {
            Some(blob) => blob_json::serialize(blob, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Blob>, D::Error> {
        blob_json::deserialize(deserializer).map(Some)
    }
}

/// A link of the data model that may be absent.
pub(crate) mod optional_cid_link_json {
    use hypercerts_lexicon::{Cid, Value};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(
        cid: &Option<Cid>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        cid.map(Value::from).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Cid>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        value.as_link().map(Some).ok_or_else(|| D::Error::custom("a link is needed"))
    }
}

object! {
    /// An account, where a schema wants an object around the DID.
    Account { required { did: Did, } optional {} lists {} }
}

object! {
    /// A long text in place.
    DescriptionText {
        required {
            /// Plain text or Markdown.
            value: String,
        }
        optional {}
        lists { facets: Facet, }
    }
}

union! {
    /// A long text.
    Description {
        Text(DescriptionText) = shape::DESCRIPTION_STRING,
        /// A page of blocks, as `pub.leaflet.pages.linearDocument` describes it, without its `$type`.
        Leaflet(Value) = shape::LEAFLET_DOCUMENT,
        /// The text is in another record.
        Record(StrongRef) = shape::STRONG_REF,
    }
}

union! {
    /// A picture. Banners may be large, all others are small; the schemas tell.
    Picture {
        Uri(UriObject) = shape::URI,
        Small(ImageBlob) = shape::SMALL_IMAGE,
        Large(ImageBlob) = shape::LARGE_IMAGE,
    }
}

union! {
    /// A file or a page.
    Content {
        Uri(UriObject) = shape::URI,
        File(FileBlob) = shape::SMALL_BLOB,
    }
}

object! {
    /// What a stretch of a text means.
    Facet {
        required {
            index: ByteSlice,
            features: Vec<FacetFeature>,
        }
        optional {}
        lists {}
    }
}

/// A range of bytes of a text in UTF-8: from `byte_start` to just before `byte_end`. Nothing says that the
/// range lies within the text or between characters; whoever cuts the text checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ByteSlice {
    pub byte_start: u64,
    pub byte_end: u64,
}

union! {
    /// One meaning of a stretch of text.
    FacetFeature {
        Mention(FacetMention) = shape::FACET_MENTION,
        Link(FacetLink) = shape::FACET_LINK,
        Tag(FacetTag) = shape::FACET_TAG,
    }
}

object! {
    /// An account is named.
    FacetMention { required { did: Did, } optional {} lists {} }
}

object! {
    /// The text is a link.
    FacetLink { required { uri: Uri, } optional {} lists {} }
}

object! {
    /// A hashtag.
    FacetTag {
        required {
            /// Without the `#`.
            tag: String,
        }
        optional {}
        lists {}
    }
}

union! {
    /// A signature over a record's content, besides the one that the repository's commit gives.
    Signature {
        Inline(InlineSignature) = shape::INLINE_SIGNATURE,
        /// An `app.certified.signature.proof` record in the signer's repository.
        Proof(StrongRef) = shape::STRONG_REF,
    }
}

object! {
    /// A signature written into the record it signs.
    InlineSignature {
        required {
            /// 64 bytes: r, then s. [`Value::Bytes`] in a valid record.
            signature: Value,
            /// A DID, `#` and the fragment of a verification method.
            key: String,
        }
        optional {}
        lists {}
    }
}
