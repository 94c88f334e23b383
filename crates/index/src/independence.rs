//! Who judges a claim independently: the one rule, for every count and every page.
//!
//! An evaluation is independent when it is from a repository that is not the claimant's, a contributor's
//! or a funder's. Those who have such a part are the claim's *circle*. Attribution is by repository:
//! whoever holds a record said it, whatever names stand in its fields.

use std::collections::BTreeSet;

use hypercerts_lexicon::Did;

use crate::view::Standing;

/// Those who have a part in a claim.
#[derive(Debug, Clone)]
pub(crate) struct Circle {
    claimant: Did,
    contributors: BTreeSet<Did>,
    funders: BTreeSet<Did>,
}

impl Circle {
    /// The circle of a claim of which nothing else is known.
    pub(crate) fn around(claimant: Did) -> Self {
        Self { claimant, contributors: BTreeSet::new(), funders: BTreeSet::new() }
    }

    /// Takes in somebody the claim lists as contributor.
    pub(crate) fn add_contributor(&mut self, did: Did) {
        self.contributors.insert(did);
    }

    /// Takes in what a receipt says, if its holder may say it.
    ///
    /// A receipt makes its payer a funder only if the payer or the claimant holds it: otherwise any
    /// stranger could take away an evaluator's independence by naming them as payer.
    pub(crate) fn add_receipt(&mut self, payer: Did, holder: &Did) {
        if *holder == payer || *holder == self.claimant {
            self.funders.insert(payer);
        }
    }

    /// How an account stands to the claim.
    pub(crate) fn standing(&self, did: &Did) -> Standing {
        match did {
            _ if *did == self.claimant => Standing::Claimant,
            _ if self.contributors.contains(did) => Standing::Contributor,
            _ if self.funders.contains(did) => Standing::Funder,
            _ => Standing::Independent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn did(name: &str) -> Did {
        Did::parse(&format!("did:web:{name}.example")).expect("a DID")
    }

    fn circle() -> Circle {
        Circle::around(did("claimant"))
    }

    #[test]
    fn whoever_has_no_part_is_independent() {
        assert_eq!(circle().standing(&did("ecologist")), Standing::Independent);
        assert_eq!(circle().standing(&did("claimant")), Standing::Claimant);
    }

    #[test]
    fn a_contributor_is_not_independent() {
        let mut circle = circle();
        circle.add_contributor(did("fisher"));
        assert_eq!(circle.standing(&did("fisher")), Standing::Contributor);
        assert_eq!(circle.standing(&did("ecologist")), Standing::Independent);
    }

    #[test]
    fn payer_and_claimant_can_say_who_funded_the_work() {
        for holder in ["fund", "claimant"] {
            let mut circle = circle();
            circle.add_receipt(did("fund"), &did(holder));
            assert_eq!(circle.standing(&did("fund")), Standing::Funder, "held by {holder}");
        }
    }

    #[test]
    fn a_stranger_cannot_take_away_an_evaluators_independence() {
        let mut circle = circle();
        circle.add_receipt(did("ecologist"), &did("stranger"));
        assert_eq!(circle.standing(&did("ecologist")), Standing::Independent);
    }

    #[test]
    fn a_standing_tells_whether_and_why_not() {
        let told = |standing: Standing| serde_json::to_value(standing).expect("JSON");
        assert_eq!(told(Standing::Independent), serde_json::json!({ "independent": true }));
        let funder = serde_json::json!({ "independent": false, "part": "funder" });
        assert_eq!(told(Standing::Funder), funder);
        assert_eq!(serde_json::from_value::<Standing>(funder).ok(), Some(Standing::Funder));
    }
}
