//! What is said about claims: measurements, evaluations, attachments, acknowledgements.

use hypercerts_lexicon::{Datetime, Uri};

use crate::decimal::{Decimal, DecimalError, DecimalText};
use crate::link::StrongRef;
use crate::nsid::{self, shape};
use crate::object::{object, record, union};
use crate::parts::{Account, Content, Description, Facet, UriObject};

record! {
    /// One measured quantity.
    Measurement = nsid::MEASUREMENT {
        required {
            metric: String,
            unit: String,
            value: DecimalText,
        }
        optional {
            start_date: Datetime,
            end_date: Datetime,
            method_type: String,
            #[serde(rename = "methodURI")]
            method_uri: Uri,
            comment: String,
        }
        lists {
            /// At most 100.
            subjects: StrongRef,
            /// [`Location`](crate::Location) records, at most 100.
            locations: StrongRef,
            /// At most 50.
            #[serde(rename = "evidenceURI")]
            evidence_uri: Uri,
            /// At most 100.
            measurers: Account,
            comment_facets: Facet,
        }
    }
}

record! {
    /// A judgement.
    Evaluation = nsid::EVALUATION {
        required {
            /// At most 1,000.
            evaluators: Vec<Account>,
            summary: String,
        }
        optional {
            subject: StrongRef,
            score: Score,
            /// A [`Location`](crate::Location) record.
            location: StrongRef,
        }
        lists {
            /// At most 100.
            content: Content,
            /// [`Measurement`] records, at most 100.
            measurements: StrongRef,
        }
    }
}

object! {
    /// A mark on a scale, as it was written.
    Score {
        required {
            min: DecimalText,
            max: DecimalText,
            value: DecimalText,
        }
        optional {}
        lists {}
    }
}

impl Score {
    /// The three numbers, if they are numbers and in order.
    pub fn checked(&self) -> Result<CheckedScore, ScoreError> {
        let (min, max) = (self.min.decimal()?, self.max.decimal()?);
        let value = self.value.decimal()?;
        if min > max {
            return Err(ScoreError::EmptyScale { min, max });
        }
        if value < min || value > max {
            return Err(ScoreError::OffScale { value, min, max });
        }
        Ok(CheckedScore { min, max, value })
    }
}

/// A mark that lies on its scale: `min` ≤ `value` ≤ `max`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedScore {
    min: Decimal,
    max: Decimal,
    value: Decimal,
}

impl CheckedScore {
    #[must_use]
    pub fn min(&self) -> &Decimal {
        &self.min
    }

    #[must_use]
    pub fn max(&self) -> &Decimal {
        &self.max
    }

    #[must_use]
    pub fn value(&self) -> &Decimal {
        &self.value
    }
}

/// Why a score means nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    #[error(transparent)]
    NotANumber(#[from] DecimalError),
    #[error("the scale is empty: its lowest mark {min} is above its highest, {max}")]
    EmptyScale { min: Decimal, max: Decimal },
    #[error("the mark {value} is not on its own scale, which goes from {min} to {max}")]
    OffScale { value: Decimal, min: Decimal, max: Decimal },
}

record! {
    /// Material about other records.
    Attachment = nsid::ATTACHMENT {
        required { title: String, }
        optional {
            content_type: String,
            short_description: String,
            description: Description,
            /// A [`Location`](crate::Location) record.
            location: StrongRef,
        }
        lists {
            /// At most 100.
            subjects: StrongRef,
            /// At most 100.
            content: Content,
            short_description_facets: Facet,
        }
    }
}

record! {
    /// A yes or no to a record, or to its place in a context.
    Acknowledgement = nsid::ACKNOWLEDGEMENT {
        required {
            subject: StrongRef,
            acknowledged: bool,
        }
        optional {
            context: AcknowledgementContext,
            comment: String,
        }
        lists {}
    }
}

union! {
    /// What an acknowledgement's subject is connected with.
    AcknowledgementContext {
        Uri(UriObject) = shape::URI,
        Record(StrongRef) = shape::STRONG_REF,
    }
}
