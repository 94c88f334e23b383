//! Every rule, with its code and its severity.

use std::borrow::Cow;

use super::{Finding, Severity};

/// A rule beyond the schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable, for scripts.
    pub code: &'static str,
    pub severity: Severity,
}

impl Rule {
    /// The finding that the rule is broken at `path`.
    pub(super) fn at(self, path: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding {
            severity: self.severity,
            code: Cow::Borrowed(self.code),
            path: path.into(),
            message: message.into(),
        }
    }
}

macro_rules! rules {
    ($($(#[$meta:meta])* $name:ident = $severity:ident $code:literal;)*) => {
        $($(#[$meta])* pub(super) const $name: Rule = Rule { code: $code, severity: Severity::$severity };)*

        /// All rules.
        pub const RULES: &[Rule] = &[$($name,)*];
    };
}

rules! {
    END_BEFORE_START = Error "end-before-start";
    WEIGHT_NOT_POSITIVE = Error "weight-not-positive";
    VALUE_NOT_A_NUMBER = Error "value-not-a-number";
    SCORE_NOT_A_NUMBER = Error "score-not-a-number";
    SCORE_SCALE_EMPTY = Error "score-scale-empty";
    SCORE_OFF_SCALE = Error "score-off-scale";
    AMOUNT_NOT_A_NUMBER = Error "amount-not-a-number";
    AMOUNT_NOT_POSITIVE = Error "amount-not-positive";
    LOCATION_UNREADABLE = Error "location-unreadable";
    LOCATION_TYPE_UNKNOWN = Note "location-type-unknown";
    LOCATION_SYSTEM_UNKNOWN = Note "location-system-unknown";
    SCOPE_UNREADABLE = Error "scope-unreadable";
    OPERATOR_UNKNOWN = Warning "operator-unknown";
    NOT_WITH_SEVERAL = Warning "not-with-several";
    FACET_OUTSIDE_TEXT = Warning "facet-outside-text";
    WITHOUT_SUBJECT = Note "without-subject";
    CONTRIBUTION_OUTSIDE_CLAIM = Warning "contribution-outside-claim";
    EVALUATOR_UNACKNOWLEDGED = Warning "evaluator-unacknowledged";
    EVALUATOR_REFUSED = Warning "evaluator-refused";
    REFERENCE_TO_EARLIER_VERSION = Warning "reference-to-earlier-version";
    REFERENCE_TO_UNKNOWN_VERSION = Warning "reference-to-unknown-version";
    REFERENCE_TO_NOTHING = Warning "reference-to-nothing";
    PAYMENT_REPEATED = Note "payment-repeated";
    /// A record gives only so many findings.
    MORE_FINDINGS = Note "more-findings";
}
