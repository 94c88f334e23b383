//! `measure`: one measured quantity, as evidence for claims.

use clap::Args;
use hypercerts_lexicon::{AtUri, Did, Uri};
use hypercerts_records::{Account, DecimalText, Measurement};

use super::answer::{Answer, Format};
use super::batch::Batch;
use super::connect::DirectoryOptions;
use super::input::{When, number, record_uri};
use super::session::LoggedIn;
use super::{CliError, subject};

/// Write down what was measured, as your account
#[derive(Debug, Args)]
pub(super) struct Measure {
    /// What the measurement is about; the version that stands now is verified and referred to
    #[arg(value_name = "URI", value_parser = record_uri, required = true)]
    subjects: Vec<AtUri>,

    /// What was measured, like "canopy cover"
    #[arg(long)]
    metric: String,

    /// The number
    #[arg(long, value_name = "NUMBER", value_parser = number, allow_hyphen_values = true)]
    value: DecimalText,

    /// Its unit, like ha or %
    #[arg(long)]
    unit: String,

    /// When measuring began, like 2025-01-31
    #[arg(long, value_name = "DATE")]
    start: Option<When>,

    /// When measuring ended
    #[arg(long, value_name = "DATE")]
    end: Option<When>,

    /// How it was measured, in a word or two, like remote-sensing
    #[arg(long, value_name = "TEXT")]
    method: Option<String>,

    /// Where the method is described
    #[arg(long, value_name = "URI")]
    method_uri: Option<Uri>,

    /// Where the data can be seen; may be repeated
    #[arg(long = "evidence", value_name = "URI")]
    evidence: Vec<Uri>,

    /// What else should be known
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(measure: Measure) -> Result<Answer, CliError> {
    let me = LoggedIn::load()?;
    let format = measure.format;
    let mut batch = Batch::new(me.session())?;
    let measurement = measure.record(me.session().did(), &batch).await?;
    batch.add(measurement)?;
    let written = batch.publish().await;
    me.keep().await?;
    subject::written(&written?, format, "Written down, and signed by your account.")
}

impl Measure {
    async fn record(self, me: &Did, batch: &Batch<'_>) -> Result<Measurement, CliError> {
        let created_at = batch.created_at();
        let mut measurement = Measurement::new(self.metric, self.unit, self.value, created_at);
        measurement.subjects = subject::all_verified(&self.directory, &self.subjects).await?;
        measurement.start_date = self.start.as_ref().map(When::start);
        measurement.end_date = self.end.as_ref().map(When::end);
        measurement.method_type = self.method;
        measurement.method_uri = self.method_uri;
        measurement.evidence_uri = self.evidence;
        measurement.measurers = vec![Account::new(me.clone())];
        measurement.comment = self.comment;
        Ok(measurement)
    }
}
