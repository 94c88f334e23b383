//! `attach`: files and pages as evidence for a claim.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use hypercerts_lexicon::{AtUri, Uri};
use hypercerts_records::{Attachment, Content, FileBlob, UriObject};
use hypercerts_xrpc::client::{Session, Written};

use super::answer::{Answer, Format};
use super::batch::Batch;
use super::connect::DirectoryOptions;
use super::input::record_uri;
use super::session::LoggedIn;
use super::{CliError, subject};

/// The most an attached file may have, by its schema.
const MAX_FILE_BYTES: u64 = 10 * 1000 * 1000;
/// What is said of bytes that nothing else is known of.
const ANY_BYTES: &str = "application/octet-stream";

/// Attach pages and files to a claim: reports, imagery, testimonials
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("content").args(["pages", "files"]).required(true).multiple(true)))]
pub(super) struct Attach {
    /// What it is about; the version that stands now is verified and referred to
    #[arg(value_name = "URI", value_parser = record_uri, required = true)]
    subjects: Vec<AtUri>,

    /// What it is, in a few words
    #[arg(long)]
    title: String,

    /// The address of a page or file; may be repeated
    #[arg(long = "uri", value_name = "URI")]
    pages: Vec<Uri>,

    /// A file of at most 10 MB, which is uploaded; may be repeated
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Which kind of thing it is, like report, audit, evidence, testimonial or methodology
    #[arg(long = "type", value_name = "KIND")]
    content_type: Option<String>,

    /// What it shows, in one to three sentences
    #[arg(long, value_name = "TEXT")]
    short_description: Option<String>,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(attach: Attach) -> Result<Answer, CliError> {
    let me = LoggedIn::load()?;
    let format = attach.format;
    let outcome = attach.publish(me.session()).await;
    me.keep().await?;
    subject::written(&outcome?, format, "Attached, and signed by your account.")
}

impl Attach {
    async fn publish(self, session: &Session) -> Result<Vec<Written>, CliError> {
        let mut batch = Batch::new(session)?;
        let mut attachment = Attachment::new(self.title, batch.created_at());
        attachment.subjects = subject::all_verified(&self.directory, &self.subjects).await?;
        attachment.content_type = self.content_type;
        attachment.short_description = self.short_description;
        let pages = self.pages.into_iter().map(UriObject::new);
        attachment.content = pages.map(Content::Uri).collect();
        for file in &self.files {
            attachment.content.push(upload(session, file).await?);
        }
        batch.add(attachment)?;
        batch.publish().await
    }
}

async fn upload(session: &Session, path: &Path) -> Result<Content, CliError> {
    let failed = |source| CliError::File { path: path.to_owned(), action: "read", source };
    let size = tokio::fs::metadata(path).await.map_err(failed)?.len();
    if size > MAX_FILE_BYTES {
        return Err(CliError::usage(format!(
            "{} has {size} bytes, more than the {MAX_FILE_BYTES} an attachment may have; \
             put it on a page of its own and attach that with --uri",
            path.display()
        )));
    }
    let bytes = tokio::fs::read(path).await.map_err(failed)?;
    let mime_type = mime_type(path, &bytes);
    let blob = session.upload_blob(mime_type, bytes).await?;
    Ok(Content::File(FileBlob::new(blob)))
}

/// By what the file begins with; where that says nothing, by its name.
fn mime_type(path: &Path, bytes: &[u8]) -> &'static str {
    if let Some(kind) = infer::get(bytes) {
        return kind.mime_type();
    }
    let extension = path.extension().and_then(|text| text.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "txt" | "log" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "json" => "application/json",
        "geojson" => "application/geo+json",
        "svg" => "image/svg+xml",
        _ => ANY_BYTES,
    }
}
