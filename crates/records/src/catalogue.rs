//! The schemas in `lexicons/`, compiled into the program.

use std::sync::LazyLock;

use hypercerts_lexicon::Catalogue;

/// Pairs every file name with the file's text.
macro_rules! lexicons {
    ($($file:literal,)*) => {
        &[$(($file, include_str!(concat!("../../../lexicons/", $file))),)*]
    };
}

/// Every file in `lexicons/`: its path there, and its text.
pub static LEXICONS: &[(&str, &str)] = lexicons![
    "app/bsky/richtext/facet.json",
    "app/certified/actor/organization.json",
    "app/certified/actor/profile.json",
    "app/certified/authWrite.json",
    "app/certified/badge/award.json",
    "app/certified/badge/definition.json",
    "app/certified/badge/response.json",
    "app/certified/defs.json",
    "app/certified/feed/like.json",
    "app/certified/feed/repost.json",
    "app/certified/graph/entityFollow.json",
    "app/certified/graph/follow.json",
    "app/certified/group/audit/query.json",
    "app/certified/group/import.json",
    "app/certified/group/member/add.json",
    "app/certified/group/member/list.json",
    "app/certified/group/member/remove.json",
    "app/certified/group/ownershipTransfer/accept.json",
    "app/certified/group/ownershipTransfer/cancel.json",
    "app/certified/group/ownershipTransfer/propose.json",
    "app/certified/group/ownershipTransfer/status.json",
    "app/certified/group/register.json",
    "app/certified/group/repo/createRecord.json",
    "app/certified/group/repo/deleteRecord.json",
    "app/certified/group/repo/putRecord.json",
    "app/certified/group/repo/uploadBlob.json",
    "app/certified/group/role/set.json",
    "app/certified/groups/membership/list.json",
    "app/certified/link/evm.json",
    "app/certified/location.json",
    "app/certified/signature/defs.json",
    "app/certified/signature/proof.json",
    "com/atproto/repo/strongRef.json",
    "org/hyperboards/authWrite.json",
    "org/hyperboards/board.json",
    "org/hyperboards/displayProfile.json",
    "org/hypercerts/authWrite.json",
    "org/hypercerts/claim/activity.json",
    "org/hypercerts/claim/contribution.json",
    "org/hypercerts/claim/contributionDetails.json",
    "org/hypercerts/claim/contributorInformation.json",
    "org/hypercerts/claim/rights.json",
    "org/hypercerts/collection.json",
    "org/hypercerts/context/acknowledgement.json",
    "org/hypercerts/context/attachment.json",
    "org/hypercerts/context/evaluation.json",
    "org/hypercerts/context/measurement.json",
    "org/hypercerts/defs.json",
    "org/hypercerts/entity/feature.json",
    "org/hypercerts/funding/receipt.json",
    "org/hypercerts/helper/ops.json",
    "org/hypercerts/helper/workScopeExpr.json",
    "org/hypercerts/helper/workScopeTag.json",
    "org/hypercerts/vocab/tag.json",
    "org/hypercerts/workscope/cel.json",
    "org/hypercerts/workscope/tag.json",
    "pub/leaflet/blocks/blockquote.json",
    "pub/leaflet/blocks/bskyPost.json",
    "pub/leaflet/blocks/button.json",
    "pub/leaflet/blocks/code.json",
    "pub/leaflet/blocks/header.json",
    "pub/leaflet/blocks/horizontalRule.json",
    "pub/leaflet/blocks/html.json",
    "pub/leaflet/blocks/iframe.json",
    "pub/leaflet/blocks/image.json",
    "pub/leaflet/blocks/imageGallery.json",
    "pub/leaflet/blocks/math.json",
    "pub/leaflet/blocks/membersOnlyDelimiter.json",
    "pub/leaflet/blocks/orderedList.json",
    "pub/leaflet/blocks/page.json",
    "pub/leaflet/blocks/poll.json",
    "pub/leaflet/blocks/postsList.json",
    "pub/leaflet/blocks/signup.json",
    "pub/leaflet/blocks/standardSitePost.json",
    "pub/leaflet/blocks/standardSitePublication.json",
    "pub/leaflet/blocks/text.json",
    "pub/leaflet/blocks/unorderedList.json",
    "pub/leaflet/blocks/website.json",
    "pub/leaflet/pages/linearDocument.json",
    "pub/leaflet/richtext/facet.json",
    "pub/leaflet/theme/color.json",
    "rs/hypercerts/claim/lock.json",
    "rs/hypercerts/index/defs.json",
    "rs/hypercerts/index/getHypercert.json",
    "rs/hypercerts/index/getOverlaps.json",
    "rs/hypercerts/index/getRecord.json",
    "rs/hypercerts/index/getStatus.json",
    "rs/hypercerts/index/listHypercerts.json",
];

/// The claim as its documentation has it: another schema for a name that is taken in `lexicons/`.
pub static DOCUMENT_CLAIM: (&str, &str) = (
    "org/hypercerts/claim/activity.json",
    include_str!("../editions/document/org/hypercerts/claim/activity.json"),
);

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| compiled(LEXICONS.iter().copied()));

static DOCUMENT: LazyLock<Catalogue> = LazyLock::new(|| {
    let others = LEXICONS.iter().copied().filter(|(file, _)| *file != DOCUMENT_CLAIM.0);
    compiled(others.chain([DOCUMENT_CLAIM]))
});

fn compiled<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Catalogue {
    let mut catalogue = Catalogue::new();
    for (file, text) in files {
        if let Err(error) = catalogue.add_json(text) {
            unreachable!("invariant: {file} is a schema, which a test checks: {error}");
        }
    }
    catalogue
}

/// All schemas that this project knows, compiled on first use.
#[must_use]
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

/// The schemas of the [document edition](crate::Edition::Document), compiled on first use: those of
/// [`catalogue`], but for the claim's.
#[must_use]
pub fn document_catalogue() -> &'static Catalogue {
    &DOCUMENT
}
