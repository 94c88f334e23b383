//! `pds backup` and `pds restore`.

use std::path::PathBuf;

use clap::Args;
use hypercerts_pds::backup::{DIRECTORY, Manifest, back_up, restore};
use indicatif::ProgressBar;

use crate::cli::answer::{Answer, Exit, Format};
use crate::cli::{CliError, text};
use crate::files::{hand_over, make_private_folder};

/// The folder in a network's data that is the PDS's.
const PDS: &str = "pds";

/// Copy the PDS's data to a new folder, while it runs or not
///
/// The copy is of one moment; every blob is checked on the way. It holds the master key that opens the accounts'
/// keys, so keep it as safe as the server. A directory of one's own is copied too. Blobs in an S3-compatible store are not copied.
#[derive(Debug, Args)]
pub(in crate::cli) struct Backup {
    /// The folder to make
    #[arg(value_name = "DIR")]
    to: PathBuf,

    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
}

/// Make a PDS's data from a backup
///
/// The event stream goes on far beyond the numbers it had, and every repository is announced again, so that whoever
/// followed the lost server takes over the restored state.
#[derive(Debug, Args)]
pub(in crate::cli) struct Restore {
    /// The folder that `hypercerts pds backup` made
    #[arg(value_name = "BACKUP")]
    from: PathBuf,

    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
struct Data {
    /// Where the network keeps its data
    #[arg(long, value_name = "DIR", env = "HYPERCERTS_DATA", hide_env_values = true)]
    #[arg(default_value = "hypercerts-data")]
    data: PathBuf,
}

impl Backup {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let (from, to) = (self.data.data.join(PDS), self.to.clone());
        let directory = Some(self.data.data.join(DIRECTORY)).filter(|file| file.exists());
        let bar = ProgressBar::new(0).with_message("copying blobs");
        let shown = bar.clone();
        let copying = move || {
            back_up(&from, &to, directory.as_deref(), |done, all| {
                shown.set_length(all);
                shown.set_position(done);
            })
        };
        let manifest = tokio::task::spawn_blocking(copying).await.map_err(CliError::answer)??;
        bar.finish_and_clear();
        let exit = if manifest.missing.is_empty() { Exit::Done } else { Exit::Refused };
        let words = || format!("{}\n{}", self.to.display(), in_words(&manifest));
        Ok(self.format.answer(&manifest, words)?.with_exit(exit))
    }
}

impl Restore {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let data = self.data.data.join(PDS);
        make_private_folder(&self.data.data).map_err(|source| CliError::File {
            path: self.data.data.clone(),
            action: "made",
            source,
        })?;
        self.restore_directory()?;
        let restored = restore(&self.from, &data).await?;
        hand_over(&data, &self.data.data).map_err(|source| CliError::File {
            path: data.clone(),
            action: "given to the owner of the folder around it",
            source,
        })?;
        self.format.answer(&restored.manifest, || {
            format!(
                "{}\n{}\n{} announced again. Start the server with the master key and address it had.",
                data.display(),
                in_words(&restored.manifest),
                text::count(restored.announced, "repository is", "repositories are"),
            )
        })
    }
}

impl Restore {
    /// Puts the directory that was copied along in its place, unless there is one.
    fn restore_directory(&self) -> Result<(), CliError> {
        let (from, to) = (self.from.join(DIRECTORY), self.data.data.join(DIRECTORY));
        if !from.exists() || to.exists() {
            return Ok(());
        }
        let failed = |source| CliError::File { path: to.clone(), action: "written", source };
        std::fs::copy(&from, &to).map_err(failed)?;
        hand_over(&to, &self.data.data).map_err(failed)
    }
}

fn in_words(manifest: &Manifest) -> String {
    let mut lines = vec![format!(
        "As it was at {}: {}, {} of {} bytes, events up to {}.",
        manifest.taken_at,
        text::count(manifest.accounts, "account", "accounts"),
        text::count(manifest.blobs, "blob", "blobs"),
        manifest.blob_bytes,
        manifest.newest_seq
    )];
    for blob in &manifest.missing {
        let why = if blob.damaged { "its bytes are others" } else { "its bytes are not there" };
        lines.push(format!("  not copied: {} of {}, {why}", blob.cid, blob.did));
    }
    lines.join("\n")
}
