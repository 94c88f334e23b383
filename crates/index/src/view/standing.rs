//! How somebody stands to a claim, and so whether their evaluation of it is independent.

use serde::{Deserialize, Serialize};

/// How the holder of a repository stands to a claim.
///
/// In JSON: `independent`, and for all others `part`, which says why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Told", into = "Told")]
pub enum Standing {
    Claimant,
    Contributor,
    Funder,
    Independent,
}

impl Standing {
    #[must_use]
    pub fn is_independent(self) -> bool {
        self == Self::Independent
    }
}

#[derive(Serialize, Deserialize)]
struct Told {
    independent: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<Part>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Part {
    Claimant,
    Contributor,
    Funder,
}

impl From<Standing> for Told {
    fn from(standing: Standing) -> Self {
        let part = match standing {
            Standing::Claimant => Some(Part::Claimant),
            Standing::Contributor => Some(Part::Contributor),
            Standing::Funder => Some(Part::Funder),
            Standing::Independent => None,
        };
        Self { independent: part.is_none(), part }
    }
}

impl From<Told> for Standing {
    fn from(told: Told) -> Self {
        match told.part {
            Some(Part::Claimant) => Self::Claimant,
            Some(Part::Contributor) => Self::Contributor,
            Some(Part::Funder) => Self::Funder,
            None => Self::Independent,
        }
    }
}
