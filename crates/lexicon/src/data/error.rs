//! Why data could not be read.

use super::cid::CidError;
use super::{MAX_DEPTH, MAX_INTEGER, MAX_VALUES};

/// Bytes or JSON that are not a value of the data model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The bytes are not DRISL, the one canonical binary form.
    #[error("not canonical DRISL at byte {offset}: {problem}")]
    Drisl { offset: usize, problem: &'static str },

    /// The text is not JSON at all. The detail names line and column.
    #[error("not JSON: {0}")]
    Json(String),

    /// The JSON is well formed but says something the data model has no place for.
    #[error("not AT Protocol data: {0}")]
    Model(String),

    /// An integer beyond [`MAX_INTEGER`].
    #[error("an integer lies outside ±{MAX_INTEGER}; write larger numbers as text")]
    IntegerRange,

    /// More than [`MAX_DEPTH`] levels.
    #[error("lists and maps are nested deeper than {MAX_DEPTH} levels")]
    TooDeep,

    /// More than [`MAX_VALUES`] values.
    #[error("there are more than {MAX_VALUES} values in one document")]
    TooManyValues,

    /// A link that does not hold a CID.
    #[error(transparent)]
    Cid(#[from] CidError),
}
