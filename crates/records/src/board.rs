//! How claims and contributors are drawn as boards.

use hypercerts_lexicon::{Blob, Uri};

use crate::claim::NamedContributor;
use crate::link::StrongRef;
use crate::nsid::{self, shape};
use crate::object::{object, record, union};
use crate::parts::{Picture, UriObject, blob_json};

record! {
    /// How a claim or collection is drawn.
    Board = nsid::BOARD {
        required {
            /// A [`Claim`](crate::Claim) or [`Collection`](crate::Collection).
            subject: StrongRef,
        }
        optional { config: BoardConfig, }
        lists {
            /// At most 1,000.
            contributor_configs: ContributorConfig,
        }
    }
}

object! {
    /// The look of a whole board.
    BoardConfig {
        required {}
        optional {
            /// `image`, `iframe`, or another word.
            background_type: String,
            background_image: Picture,
            background_iframe_url: Uri,
            /// Absent means yes.
            background_grayscale: bool,
            /// In per cent.
            background_opacity: i64,
            background_color: String,
            border_color: String,
            /// Absent means no.
            grayscale_images: bool,
            /// `circular`, `square`, or another word.
            image_shape: String,
            /// Width to height, such as `16:9`.
            aspect_ratio: String,
        }
        lists {}
    }
}

object! {
    /// The look of one contributor on one board.
    ContributorConfig {
        required { contributor: BoardContributor, }
        optional {
            /// Whether it goes before the contributor's own [`DisplayProfile`].
            #[serde(rename = "override")]
            overrides: bool,
            display_name: String,
            image: Picture,
            video: Video,
            hover_image: Picture,
            hover_iframe_url: Uri,
            url: Uri,
        }
        lists {}
    }
}

union! {
    /// Who is drawn.
    BoardContributor {
        /// A [`ContributorInformation`](crate::ContributorInformation) record.
        Record(StrongRef) = shape::STRONG_REF,
        Named(NamedContributor) = shape::CONTRIBUTOR_IDENTITY,
    }
}

record! {
    /// How a contributor wishes to appear on any board.
    DisplayProfile = nsid::DISPLAY_PROFILE {
        required {}
        optional {
            display_name: String,
            image: Picture,
            video: Video,
            hover_image: Picture,
            hover_iframe_url: Uri,
            url: Uri,
        }
        lists {}
    }
}

union! {
    /// A clip.
    Video {
        Uri(UriObject) = shape::URI,
        Small(VideoBlob) = shape::SMALL_VIDEO,
    }
}

object! {
    /// An uploaded clip.
    VideoBlob {
        required {
            #[serde(with = "blob_json")]
            video: Blob,
        }
        optional {}
        lists {}
    }
}
