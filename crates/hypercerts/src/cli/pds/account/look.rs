//! `list`, `info`.

use clap::Args;
use hypercerts_lexicon::{Datetime, Did, Handle};
use hypercerts_xrpc::client::Operator;
use hypercerts_xrpc::nsid::{admin, sync};
use serde::{Deserialize, Serialize};

use super::Target;
use crate::cli::answer::{Answer, Format};
use crate::cli::pds::operator::{OperatorOptions, did_of, reached};
use crate::cli::{CliError, text};

/// List the accounts of a PDS, oldest first
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// How many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=100))]
    limit: u8,

    /// Go on where the list before ended
    #[arg(long)]
    cursor: Option<String>,

    #[command(flatten)]
    operator: OperatorOptions,
    #[command(flatten)]
    format: Format,
}

/// Tell what a PDS knows of an account
#[derive(Debug, Args)]
pub(in crate::cli) struct Info {
    #[command(flatten)]
    target: Target,
}

#[derive(Serialize)]
struct Params<'a> {
    limit: u8,
    cursor: Option<&'a str>,
}

#[derive(Deserialize)]
struct Repos {
    repos: Vec<Repo>,
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Repo {
    did: Did,
    status: Option<String>,
}

#[derive(Deserialize)]
struct Infos {
    infos: Vec<Known>,
}

/// An account as the operator sees it.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    did: Did,
    handle: Handle,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    indexed_at: Datetime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email_confirmed_at: Option<Datetime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invited_by: Option<Invite>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deactivated_at: Option<Datetime>,
    /// Told by another method.
    #[serde(default)]
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    takedown: Option<Applied>,
}

#[derive(Deserialize, Serialize)]
struct Invite {
    code: String,
}

#[derive(Deserialize, Serialize)]
struct Applied {
    applied: bool,
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

#[derive(Deserialize)]
struct Standing {
    takedown: Option<Applied>,
}

#[derive(Serialize)]
struct Listed {
    accounts: Vec<Known>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

const ACTIVE: &str = "active";

impl List {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let operator = self.operator.operator()?;
        let params = Params { limit: self.limit, cursor: self.cursor.as_deref() };
        let page: Repos =
            operator.client().query(sync::LIST_REPOS, &params).await.map_err(reached)?;
        let accounts = known(&operator, &page.repos).await?;
        let listed = Listed { accounts, cursor: page.cursor };
        self.format.answer(&listed, || in_rows(&listed))
    }
}

/// What is known of the accounts, in their order.
async fn known(operator: &Operator, repos: &[Repo]) -> Result<Vec<Known>, CliError> {
    let params: Vec<(&str, &str)> = repos.iter().map(|repo| ("dids", repo.did.as_str())).collect();
    let mut found = operator.query::<Infos>(admin::GET_ACCOUNT_INFOS, &params).await?.infos;
    let place = |did: &Did| repos.iter().position(|repo| repo.did == *did);
    for account in &mut found {
        let repo = repos.iter().find(|repo| repo.did == account.did);
        let status = repo.and_then(|repo| repo.status.clone());
        account.status = status.unwrap_or_else(|| ACTIVE.to_owned());
    }
    found.sort_by_key(|account| place(&account.did));
    Ok(found)
}

fn in_rows(listed: &Listed) -> String {
    if listed.accounts.is_empty() {
        return "No accounts. `hypercerts pds account create` makes one.".to_owned();
    }
    let rows: Vec<[String; 5]> = listed.accounts.iter().map(row).collect();
    let more = listed.cursor.as_deref().map(text::more).unwrap_or_default();
    format!("{}{more}", text::table(&rows))
}

fn row(account: &Known) -> [String; 5] {
    [
        account.handle.to_string(),
        text::line(&account.status),
        text::date(&account.indexed_at),
        account.did.to_string(),
        text::line(account.email.as_deref().unwrap_or_default()),
    ]
}

impl Info {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let operator = self.target.operator.operator()?;
        let did = did_of(&operator, &self.target.account).await?;
        let params = [("did", did.as_str())];
        let mut account: Known = operator.query(admin::GET_ACCOUNT_INFO, &params).await?;
        let standing: Standing = operator.query(admin::GET_SUBJECT_STATUS, &params).await?;
        account.takedown = standing.takedown.filter(|takedown| takedown.applied);
        account.status = match (&account.takedown, &account.deactivated_at) {
            (Some(_), _) => "takendown",
            (None, Some(_)) => "deactivated",
            (None, None) => ACTIVE,
        }
        .to_owned();
        self.target.format.answer(&account, || in_words(&account))
    }
}

fn in_words(account: &Known) -> String {
    let mut lines = vec![
        account.handle.to_string(),
        format!("  DID      {}", account.did),
        format!("  Status   {}", status(account)),
        format!("  Since    {}", text::date(&account.indexed_at)),
    ];
    if let Some(email) = &account.email {
        let confirmed = match &account.email_confirmed_at {
            Some(moment) => format!("confirmed {}", text::date(moment)),
            None => "not confirmed".to_owned(),
        };
        lines.push(format!("  E-mail   {} ({confirmed})", text::line(email)));
    }
    if let Some(invite) = &account.invited_by {
        lines.push(format!("  Invited  with {}", text::line(&invite.code)));
    }
    lines.join("\n")
}

fn status(account: &Known) -> String {
    let since = account.deactivated_at.as_ref().map(text::date);
    let reference = account.takedown.as_ref().map(|takedown| &takedown.reference);
    match (reference, since) {
        (Some(Some(reference)), _) => format!("taken down: {}", text::line(reference)),
        (Some(None), _) => "taken down".to_owned(),
        (None, Some(since)) => format!("deactivated since {since}"),
        (None, None) => ACTIVE.to_owned(),
    }
}
