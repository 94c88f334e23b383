//! `getSubjectStatus`, `updateSubjectStatus`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{AtUri, Cid, Did};
use hypercerts_repo::RepoPath;
use hypercerts_xrpc::nsid::{admin, repo};
use hypercerts_xrpc::{Json, Query, XrpcError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::status;
use crate::api::admin::{account, account_of};
use crate::api::operator::Operator;
use crate::api::params::uri;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::takedown::{self, Part, Standing, Subject};

/// Bytes of the operator's word for why.
const MAX_REFERENCE: usize = 2_000;

/// An account, a record or a file, as its `$type` says.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct SubjectRef {
    #[serde(rename = "$type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    did: Option<Did>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<AtUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cid: Option<Cid>,
}

impl SubjectRef {
    fn new(subject: &Subject, cid: Option<Cid>) -> Self {
        let did = subject.account.did.clone();
        match &subject.part {
            Part::Whole => {
                Self { kind: admin::REPO_REF.to_owned(), did: Some(did), ..Self::default() }
            }
            Part::Record(path) => {
                let uri = Some(uri(&did, path));
                Self { kind: repo::STRONG_REF.to_owned(), uri, cid, did: None }
            }
            Part::Blob(cid) => {
                let kind = admin::REPO_BLOB_REF.to_owned();
                Self { kind, did: Some(did), cid: Some(*cid), uri: None }
            }
        }
    }

    async fn find(&self, server: &Server) -> Result<Subject, Error> {
        match (self.kind.as_str(), &self.did, &self.uri, self.cid) {
            (admin::REPO_REF, Some(did), _, _) => whole(server, did).await,
            (repo::STRONG_REF, _, Some(uri), _) => record(server, uri).await,
            (admin::REPO_BLOB_REF, Some(did), _, Some(cid)) => blob(server, did, cid).await,
            _ => Err(Refusal::invalid(format!(
                "The subject is none of {} with did, {} with uri, and {} with did and cid.",
                admin::REPO_REF,
                repo::STRONG_REF,
                admin::REPO_BLOB_REF
            ))
            .into()),
        }
    }
}

async fn whole(server: &Server, did: &Did) -> Result<Subject, Error> {
    Ok(Subject { account: account_of(server, did.clone()).await?, part: Part::Whole })
}

async fn record(server: &Server, uri: &AtUri) -> Result<Subject, Error> {
    let (Some(collection), Some(rkey)) = (uri.collection(), uri.rkey()) else {
        return Err(Refusal::invalid(format!("{uri} names no record.")).into());
    };
    let account = account(server, uri.authority()).await?;
    Ok(Subject { account, part: Part::Record(RepoPath::new(&collection, &rkey)) })
}

async fn blob(server: &Server, did: &Did, cid: Cid) -> Result<Subject, Error> {
    Ok(Subject { account: account_of(server, did.clone()).await?, part: Part::Blob(cid) })
}

/// Whether something holds, and the operator's word for why.
#[derive(Clone, Deserialize, Serialize)]
pub struct StatusAttr {
    applied: bool,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

#[derive(Serialize)]
pub struct SubjectStatus {
    subject: SubjectRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    takedown: Option<StatusAttr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivated: Option<StatusAttr>,
}

#[derive(Deserialize)]
pub struct GetSubjectStatus {
    did: Option<Did>,
    uri: Option<AtUri>,
    blob: Option<Cid>,
}

pub async fn get(
    State(server): State<Arc<Server>>,
    _: Operator,
    Query(asked): Query<GetSubjectStatus>,
) -> Result<Json<SubjectStatus>, XrpcError> {
    let subject = match (&asked.did, &asked.uri, asked.blob) {
        (Some(did), None, None) => whole(&server, did).await?,
        (None, Some(uri), None) => record(&server, uri).await?,
        (Some(did), None, Some(cid)) => blob(&server, did, cid).await?,
        _ => {
            let rule = "Ask for an account by did, a record by uri, or a file by did and blob.";
            return Err(Refusal::invalid(rule).into());
        }
    };
    let unknown = || Refusal::SubjectNotFound("no such record or file".to_owned());
    let standing = takedown::standing(&server, &subject).await?.ok_or_else(unknown)?;
    let Standing { takedown, deactivated, cid } = standing;
    Ok(Json(SubjectStatus {
        subject: SubjectRef::new(&subject, cid),
        takedown: Some(StatusAttr { applied: takedown.is_some(), reference: takedown }),
        deactivated: deactivated.map(|applied| StatusAttr { applied, reference: None }),
    }))
}

#[derive(Deserialize)]
pub struct UpdateSubjectStatus {
    subject: SubjectRef,
    takedown: Option<StatusAttr>,
    deactivated: Option<StatusAttr>,
}

/// Asked for no change, it tells followers of the account once more how it stands.
pub async fn update(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<UpdateSubjectStatus>,
) -> Result<Json<SubjectStatus>, XrpcError> {
    let UpdateSubjectStatus { subject: asked, takedown, deactivated } = input;
    let subject = asked.find(&server).await?;
    check(&subject, takedown.as_ref(), deactivated.as_ref())?;
    let takedown = match takedown {
        Some(wanted) => Some(take_down(&server, &subject, wanted).await?),
        None => None,
    };
    match (&takedown, deactivated) {
        (_, Some(wanted)) if wanted.applied => {
            status::deactivate(&server, &subject.account).await?;
        }
        (_, Some(_)) => status::activate(&server, &subject.account).await?,
        (None, None) => status::repeat(&server, &subject.account).await?,
        (Some(_), None) => {}
    }
    Ok(Json(SubjectStatus { subject: asked, takedown, deactivated: None }))
}

fn check(
    subject: &Subject,
    takedown: Option<&StatusAttr>,
    deactivated: Option<&StatusAttr>,
) -> Result<(), Refusal> {
    let whole = matches!(subject.part, Part::Whole);
    if deactivated.is_some() && !whole {
        return Err(Refusal::invalid("Only an account can be deactivated."));
    }
    if takedown.is_some_and(|wanted| wanted.applied)
        && deactivated.is_some_and(|wanted| !wanted.applied)
    {
        return Err(Refusal::invalid("An account cannot be taken down and activated at once."));
    }
    Ok(())
}

/// Without a word for why, the time stands for it.
async fn take_down(
    server: &Server,
    subject: &Subject,
    wanted: StatusAttr,
) -> Result<StatusAttr, Error> {
    if !wanted.applied {
        takedown::lift(server, subject).await?;
        return Ok(wanted);
    }
    let reference = wanted.reference.unwrap_or_else(|| Timestamp::now().to_string());
    if reference.len() > MAX_REFERENCE {
        return Err(Refusal::invalid(format!("ref has at most {MAX_REFERENCE} bytes.")).into());
    }
    takedown::apply(server, subject, reference.clone()).await?;
    Ok(StatusAttr { applied: true, reference: Some(reference) })
}
