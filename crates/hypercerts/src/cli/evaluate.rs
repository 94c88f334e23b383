//! `evaluate`: a judgement about somebody's claim.

use clap::Args;
use hypercerts_lexicon::{AtUri, Did, Uri};
use hypercerts_records::{Account, Content, Evaluation, UriObject};

use super::answer::{Answer, Format};
use super::batch::Batch;
use super::connect::DirectoryOptions;
use super::input::{ScoreInput, record_uri};
use super::session::LoggedIn;
use super::{CliError, subject};

/// Say what you think of a claim, as your account
#[derive(Debug, Args)]
pub(super) struct Evaluate {
    /// The claim; the version that stands now is verified and referred to
    #[arg(value_name = "URI", value_parser = record_uri)]
    subject: AtUri,

    /// The judgement, in words
    #[arg(long, value_name = "TEXT")]
    summary: String,

    /// A mark on a scale: 4/5 from 0 to 5, 4/1..5 from 1 to 5
    #[arg(long, allow_hyphen_values = true)]
    score: Option<ScoreInput>,

    /// A measurement it rests on; may be repeated
    #[arg(long = "measurement", value_name = "URI", value_parser = record_uri)]
    measurements: Vec<AtUri>,

    /// The address of a report; may be repeated
    #[arg(long = "uri", value_name = "URI")]
    content: Vec<Uri>,

    /// Who evaluated besides you; may be repeated
    #[arg(long = "evaluator", value_name = "DID")]
    evaluators: Vec<Did>,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(evaluate: Evaluate) -> Result<Answer, CliError> {
    let me = LoggedIn::load()?;
    let format = evaluate.format;
    let mut batch = Batch::new(me.session())?;
    let evaluation = evaluate.record(me.session().did(), &batch).await?;
    batch.add(evaluation)?;
    let written = batch.publish().await;
    me.keep().await?;
    subject::written(&written?, format, "Evaluated, and signed by your account.")
}

impl Evaluate {
    async fn record(self, me: &Did, batch: &Batch<'_>) -> Result<Evaluation, CliError> {
        let others = self.evaluators.into_iter().filter(|did| did != me);
        let evaluators: Vec<Account> =
            std::iter::once(me.clone()).chain(others).map(Account::new).collect();
        let mut evaluation = Evaluation::new(evaluators, self.summary, batch.created_at());
        evaluation.subject = Some(subject::verified(&self.directory, &self.subject).await?);
        evaluation.score = self.score.map(|ScoreInput(score)| score);
        evaluation.measurements =
            subject::all_verified(&self.directory, &self.measurements).await?;
        let pages = self.content.into_iter().map(UriObject::new);
        evaluation.content = pages.map(Content::Uri).collect();
        Ok(evaluation)
    }
}
