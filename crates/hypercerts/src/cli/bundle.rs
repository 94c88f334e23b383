//! `bundle`: a hypercert and all evidence for it, in one file.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use hypercerts_lexicon::{AtUri, Cid};
use hypercerts_records::nsid;
use hypercerts_verify::Verdict;
use hypercerts_verify::bundle::{self, Bundle, Found, Limits, Missing, Options, Progress, Report};
use serde::Serialize;
use serde_json::Value;

use super::answer::{Answer, Format};
use super::connect::{self, AppOption, DirectoryOptions};
use super::input::record_uri;
use super::{CliError, subject, text, verify};

/// Put a hypercert and all evidence for it into one file, to be checked by anyone, offline
///
/// The app's index says which records there are; each is fetched from its author's server and
/// verified, and goes into the file with its proof and its author's identity. What cannot be had is
/// named. The root that is printed stands for the whole file: lock, archive or anchor that.
#[derive(Debug, Args)]
pub(super) struct BundleArgs {
    /// The claim
    #[arg(value_name = "URI", value_parser = record_uri)]
    uri: AtUri,

    /// The file to write
    #[arg(long, short, value_name = "FILE.car")]
    output: PathBuf,

    /// Take the pictures and documents that the records show, too
    #[arg(long)]
    blobs: bool,

    #[command(flatten)]
    app: AppOption,
    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

/// What was written, for scripts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    root: Cid,
    uri: AtUri,
    cid: Cid,
    verdict: Verdict,
    records: usize,
    accounts: usize,
    blobs: usize,
    bytes: u64,
    missing: Vec<Missing>,
}

pub(super) async fn run(args: BundleArgs) -> Result<Answer, CliError> {
    let subject = subject::verified(&args.directory, &args.uri).await?;
    let found = ask_index(&args.app, subject.uri()).await?;
    let mut bundle = gather(&args, subject.uri(), &found).await?;
    let bytes = write(&mut bundle, &args.output)?;
    let report = check(&args.output).await?;
    let made = Made::of(&bundle, &report, bytes);
    let answer = args.format.answer(&made, || in_words(&made, &args.output))?;
    Ok(answer.with_exit(verify::exit(report.verdict)))
}

async fn ask_index(app: &AppOption, uri: &AtUri) -> Result<Found, CliError> {
    let app = connect::client(&app.app)?;
    let told: Value = app.query(nsid::GET_HYPERCERT, &[("uri", uri.as_str())]).await?;
    let mut found = Found::default();
    named_in(&told, &mut found);
    Ok(found)
}

/// Every record that an answer names, but for what the records themselves say, under `value`.
fn named_in(told: &Value, found: &mut Found) {
    match told {
        Value::Array(items) => items.iter().for_each(|item| named_in(item, found)),
        Value::Object(fields) => {
            let uri = fields.get("uri").and_then(Value::as_str);
            found.uris.extend(uri.and_then(|uri| record_uri(uri).ok()));
            let shown =
                fields.get("items").and_then(Value::as_array).map(|items| items.len() as u64);
            let total = fields.get("total").and_then(Value::as_u64);
            found.more |= shown.zip(total).is_some_and(|(shown, total)| shown < total);
            let inner = fields.iter().filter(|(name, _)| *name != "value");
            inner.for_each(|(_, child)| named_in(child, found));
        }
        _ => {}
    }
}

async fn gather(args: &BundleArgs, subject: &AtUri, found: &Found) -> Result<Bundle, CliError> {
    let verifier = args.directory.verifier()?;
    let options = Options { blobs: args.blobs, limits: Limits::default() };
    let bar = indicatif::ProgressBar::new(0).with_message("gathering evidence");
    let told = |progress: Progress| {
        bar.set_length(progress.known as u64);
        bar.set_position(progress.done as u64);
    };
    let gathered = Box::pin(bundle::gather(&verifier, subject, found, &options, told)).await;
    bar.finish_and_clear();
    Ok(gathered?)
}

/// Writes the file beside its place and then moves it there, so that there is never half a bundle.
fn write(bundle: &mut Bundle, path: &Path) -> Result<u64, CliError> {
    let failed = |source| CliError::File { path: path.to_owned(), action: "written", source };
    write_whole(bundle, path).map_err(failed)
}

fn write_whole(bundle: &mut Bundle, path: &Path) -> io::Result<u64> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    let mut out = BufWriter::new(file);
    bundle.write(&mut out)?;
    out.flush()?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    let bytes = file.as_file().metadata()?.len();
    make_readable(file.as_file())?;
    file.persist(path)?;
    Ok(bytes)
}

/// Files for passing by are private to their owner; a bundle is for showing around.
fn make_readable(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// Checks the bundle in a file.
pub(super) async fn check(path: &Path) -> Result<Report, CliError> {
    let failed = |source| CliError::File { path: path.to_owned(), action: "read", source };
    let file = BufReader::new(File::open(path).map_err(failed)?);
    let checked = tokio::task::spawn_blocking(move || bundle::check(file, &Limits::default()));
    checked.await.map_err(|why| CliError::Runtime(io::Error::other(why)))
}

impl Made {
    fn of(bundle: &Bundle, report: &Report, bytes: u64) -> Self {
        let manifest = bundle.manifest();
        Self {
            root: bundle.root(),
            uri: manifest.subject.uri.clone(),
            cid: manifest.subject.cid,
            verdict: report.verdict,
            records: manifest.records().count(),
            accounts: manifest.accounts.len(),
            blobs: manifest.blobs.len(),
            bytes,
            missing: manifest.missing.clone(),
        }
    }
}

fn in_words(made: &Made, path: &Path) -> String {
    let records = text::count(made.records as u64, "record", "records");
    let accounts = text::count(made.accounts as u64, "account", "accounts");
    let blobs = text::count(made.blobs as u64, "blob", "blobs");
    let mut lines = vec![
        format!(
            "Bundled {records} of {accounts} and {blobs}: {} bytes in {}.",
            made.bytes,
            path.display()
        ),
        String::new(),
        format!("  about  {}", made.uri),
        format!("         {}", made.cid),
        format!("  root   {}", made.root),
    ];
    lines.extend(missing_in_words(&made.missing));
    lines.push(String::new());
    lines.push(match made.verdict {
        Verdict::Verified => format!(
            "Checked once more from the file alone: it holds. Anyone can: hypercerts verify {}",
            path.display()
        ),
        _ => format!(
            "Not all of it can be checked offline: see hypercerts verify {}",
            path.display()
        ),
    });
    lines.join("\n")
}

/// A title and a line for each thing; nothing if nothing is missing.
pub(super) fn missing_in_words(missing: &[Missing]) -> Vec<String> {
    if missing.is_empty() {
        return Vec::new();
    }
    let lines = missing.iter().map(|it| format!("  {}\n    {}", text::line(&it.what), it.reason));
    [String::new(), "Not in the bundle:".to_owned()].into_iter().chain(lines).collect()
}
