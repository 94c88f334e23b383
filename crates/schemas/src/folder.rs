//! Lexicons in a folder: every `*.json` below it, read again when its size or time changes.
//!
//! A file that cannot be used is told once, and the others go on. If it was in order before, that last good
//! version stays in force until the file is mended or removed: an editor that is half-way through saving
//! must not make a type unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use hypercerts_lexicon::Nsid;

use crate::document::Document;
use crate::error::DocumentError;
use crate::limits::{MAX_DOCUMENT_BYTES, MAX_FILES, MAX_FOLDER_BYTES, MAX_FOLDER_DEPTH, MAX_NAMES};
use crate::snapshot::is_built_in;

/// A folder as it was when it was last looked at.
pub(crate) struct Folder {
    root: PathBuf,
    files: BTreeMap<PathBuf, Reading>,
    /// What was told of it, by file.
    told: BTreeMap<PathBuf, String>,
}

/// One file.
struct Reading {
    stamp: Stamp,
    /// The last version that was in order.
    document: Option<Arc<Document>>,
    /// What is wrong with this version.
    flaw: Option<String>,
}

/// What changes when a file is written.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

/// The files below a folder, and what could not be looked at.
#[derive(Default)]
struct Listing {
    files: BTreeMap<PathBuf, Stamp>,
    problems: BTreeMap<PathBuf, String>,
    names: usize,
    bytes: u64,
}

impl Folder {
    /// A folder that nothing is known of yet.
    ///
    /// # Errors
    /// When there is none to be read.
    pub fn open(root: PathBuf) -> io::Result<Self> {
        fs::read_dir(&root)?;
        Ok(Self { root, files: BTreeMap::new(), told: BTreeMap::new() })
    }

    /// Looks again; whether a document came, went or changed. A folder that cannot be read at the moment
    /// counts as unchanged.
    pub fn look(&mut self) -> bool {
        let mut listing = Listing::default();
        if let Err(error) = listing.enter(&self.root, 0) {
            self.tell(BTreeMap::from([(
                self.root.clone(),
                format!("the folder cannot be read: {error}"),
            )]));
            return false;
        }
        let Listing { files, problems, .. } = listing;
        let before: Vec<_> = self.documents().map(Arc::as_ptr).collect();
        self.files.retain(|path, _| files.contains_key(path));
        for (path, stamp) in files {
            self.read(path, stamp);
        }
        self.tell_all(problems);
        before != self.documents().map(Arc::as_ptr).collect::<Vec<_>>()
    }

    /// Those to be used, each NSID once.
    pub fn documents(&self) -> impl Iterator<Item = &Arc<Document>> {
        let mut met = BTreeSet::new();
        let all = self.files.values().filter_map(|file| file.document.as_ref());
        all.filter(move |document| !is_built_in(document.id()) && met.insert(document.id()))
    }

    fn read(&mut self, path: PathBuf, stamp: Stamp) {
        let known = self.files.get(&path);
        if known.is_some_and(|file| file.stamp == stamp) {
            return;
        }
        let file = match read(&path) {
            Ok(document) => Reading { stamp, document: Some(Arc::new(document)), flaw: None },
            Err(flaw) => {
                let last_good = known.and_then(|file| file.document.clone());
                Reading { stamp, document: last_good, flaw: Some(flaw) }
            }
        };
        self.files.insert(path, file);
    }

    /// Tells what is wrong with the files, besides what is known to be.
    fn tell_all(&mut self, mut problems: BTreeMap<PathBuf, String>) {
        let mut owners = BTreeMap::new();
        for (path, file) in &self.files {
            let id = file.document.as_ref().map(|document| document.id());
            let conflict = id.and_then(|id| conflict(id, path, &mut owners));
            if let Some(problem) = file.flaw_in_words().or(conflict) {
                problems.insert(path.clone(), problem);
            }
        }
        self.tell(problems);
    }

    /// Writes each problem to the log when it appears, and that it is over.
    fn tell(&mut self, problems: BTreeMap<PathBuf, String>) {
        for (path, problem) in &problems {
            if self.told.get(path) != Some(problem) {
                tracing::warn!(file = %path.display(), "a lexicon is not used: {problem}");
            }
        }
        for path in self.told.keys().filter(|path| !problems.contains_key(*path)) {
            tracing::info!(file = %path.display(), "nothing is wrong with this lexicon any more");
        }
        self.told = problems;
    }
}

impl Reading {
    fn flaw_in_words(&self) -> Option<String> {
        let flaw = self.flaw.as_ref()?;
        Some(match self.document {
            Some(_) => format!("{flaw}; its last good version stays in force"),
            None => flaw.clone(),
        })
    }
}

/// Why a lexicon gives way to another one of its name; the first to come owns the name.
fn conflict<'a>(
    id: &'a Nsid,
    path: &'a Path,
    owners: &mut BTreeMap<&'a Nsid, &'a Path>,
) -> Option<String> {
    if is_built_in(id) {
        return Some(format!("{id} is built in, and what is built in wins; rename it"));
    }
    if let Some(owner) = owners.get(id) {
        let owner = owner.display();
        return Some(format!("{id} is described by {owner} already; remove one of them"));
    }
    owners.insert(id, path);
    None
}

impl Listing {
    fn enter(&mut self, folder: &Path, depth: usize) -> io::Result<()> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder)?.take(MAX_NAMES.saturating_sub(self.names)) {
            paths.push(entry?.path());
        }
        self.names += paths.len();
        if self.names >= MAX_NAMES {
            let problem = format!(
                "the folder holds {MAX_NAMES} files or more, not all of which are looked at"
            );
            self.problems.insert(folder.to_owned(), problem);
        }
        paths.sort();
        for path in paths {
            // A name that is gone since is no matter; a link is as good as what it leads to.
            match fs::metadata(&path) {
                Ok(found) if found.is_dir() => self.enter_below(&path, depth + 1),
                Ok(found) if is_lexicon(&path, &found) => self.add(path, &found),
                _ => {}
            }
        }
        Ok(())
    }

    fn enter_below(&mut self, folder: &Path, depth: usize) {
        let outcome = match depth > MAX_FOLDER_DEPTH {
            true => {
                Err(io::Error::other(format!("folders lie deeper than {MAX_FOLDER_DEPTH} levels")))
            }
            false => self.enter(folder, depth),
        };
        if let Err(error) = outcome {
            self.problems.insert(folder.to_owned(), format!("the folder cannot be read: {error}"));
        }
    }

    fn add(&mut self, path: PathBuf, found: &Metadata) {
        self.bytes = self.bytes.saturating_add(found.len());
        if self.files.len() >= MAX_FILES || self.bytes > MAX_FOLDER_BYTES {
            let problem = format!(
                "the folder holds more than {MAX_FILES} lexicons or {MAX_FOLDER_BYTES} bytes of them"
            );
            self.problems.insert(path, problem);
            return;
        }
        self.files.insert(path, Stamp { bytes: found.len(), modified: found.modified().ok() });
    }
}

fn is_lexicon(path: &Path, found: &Metadata) -> bool {
    found.is_file() && path.extension().is_some_and(|extension| extension == "json")
}

fn read(path: &Path) -> Result<Document, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("it cannot be read: {error}");
    // One byte more than may be, which tells that the file is too large.
    let most = MAX_DOCUMENT_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(&error))?;
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(DocumentError::TooLarge.to_string());
    }
    let text = String::from_utf8(bytes).map_err(|error| unreadable(&error))?;
    Document::parse(text).map_err(|error| error.to_string())
}
