//! The record somebody wants to say something about: verified first, so that nobody vouches for
//! a version its author never signed.

use hypercerts_lexicon::AtUri;
use hypercerts_records::StrongRef;
use hypercerts_xrpc::client::Written;
use serde_json::json;

use super::CliError;
use super::answer::{Answer, Format};
use super::connect::DirectoryOptions;
use hypercerts_verify as verify;

/// A reference to the version of `uri` that stands now.
///
/// # Errors
/// [`CliError::Unverified`] with the report if the account's signature does not prove it.
pub(super) async fn verified(
    directory: &DirectoryOptions,
    uri: &AtUri,
) -> Result<StrongRef, CliError> {
    let checked = verify::run(&directory.verifier()?, uri, |_| {}).await;
    let Some(record) = checked.record else {
        return Err(CliError::Unverified { uri: uri.clone(), report: Box::new(checked.report) });
    };
    let path = record.path();
    let uri = AtUri::record(record.did(), &path.collection(), &path.rkey());
    Ok(StrongRef::new(uri, record.cid()))
}

/// References to several.
pub(super) async fn all_verified(
    directory: &DirectoryOptions,
    uris: &[AtUri],
) -> Result<Vec<StrongRef>, CliError> {
    let mut references = Vec::with_capacity(uris.len());
    for uri in uris {
        references.push(verified(directory, uri).await?);
    }
    Ok(references)
}

/// What was written: the record the command is about, then those that came with it.
pub(super) fn written(
    records: &[Written],
    format: Format,
    greeting: &str,
) -> Result<Answer, CliError> {
    let Some((main, alongside)) = records.split_first() else {
        return Err(CliError::answer("nothing was written"));
    };
    let told = json!({ "uri": main.uri, "cid": main.cid, "alongside": alongside });
    format.answer(&told, || {
        let mut text = format!("{greeting}\n\n  {}\n  {}\n", main.uri, main.cid);
        for record in alongside {
            text.push_str(&format!("\n  with {}", record.uri));
        }
        text
    })
}
