//! Taking a backup.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use hypercerts_lexicon::{Cid, Codec, Datetime, Did};
use jiff::Timestamp;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::{
    BLOBS, BackupError, DATABASE, DIRECTORY, MANIFEST, Manifest, MissingBlob, UNFINISHED, at,
};
use crate::store::{self, AccountId, events, schema};
use crate::{disk, vault};

const COPY_BYTES: usize = 64 * 1024;

/// Copies the data of the server in `data_dir`, running or not, into the new folder `to`.
///
/// The database comes first, from one snapshot: whatever it refers to then is kept by a running
/// server for hours. Every blob is checked against its CID on the way. `progress` is told how many
/// of how many blobs are done. Where the accounts' directory is kept on the same machine, its
/// database `directory` goes along: without it nobody could tell who they are.
///
/// # Errors
/// When `to` exists, or files cannot be read or written. Damaged or missing blobs are no error;
/// the manifest names them.
pub fn back_up(
    data_dir: &Path,
    to: &Path,
    directory: Option<&Path>,
    mut progress: impl FnMut(u64, u64),
) -> Result<Manifest, BackupError> {
    if !data_dir.join(DATABASE).is_file() {
        return Err(BackupError::NoServer(data_dir.to_owned()));
    }
    if to.exists() {
        return Err(BackupError::Occupied(to.to_owned()));
    }
    let unfinished = to.with_extension(UNFINISHED);
    start_afresh(&unfinished)?;
    copy_private(&data_dir.join(vault::FILE_NAME), &unfinished.join(vault::FILE_NAME))?;
    copy_database(&data_dir.join(DATABASE), &unfinished.join(DATABASE))?;
    // Accounts are entered there first, so it knows all that the copy made before knows.
    if let Some(directory) = directory {
        copy_database(directory, &unfinished.join(DIRECTORY))?;
    }
    let manifest = copy_blobs(data_dir, &unfinished, &mut progress)?;
    write_manifest(&unfinished, &manifest)?;
    disk::sync_parent(&unfinished.join(MANIFEST)).map_err(at(&unfinished))?;
    fs::rename(&unfinished, to).map_err(at(to))?;
    disk::sync_parent(to).map_err(at(to))?;
    Ok(manifest)
}

/// An empty folder, for its owner only, in place of what an attempt before may have left.
pub(super) fn start_afresh(folder: &Path) -> Result<(), BackupError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(at(folder))?;
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder.join(BLOBS)).map_err(at(folder))
}

/// Copies a file that only its owner may read.
pub(super) fn copy_private(from: &Path, to: &Path) -> Result<(), BackupError> {
    let bytes = fs::read(from).map_err(at(from))?;
    let mut file = vault::private_file(to).map_err(at(to))?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(at(to))
}

fn copy_database(from: &Path, to: &Path) -> Result<(), BackupError> {
    let source = schema::open_for_reading(from)?;
    source.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    File::open(to).and_then(|file| file.sync_all()).map_err(at(to))
}

struct Listed {
    account: AccountId,
    did: Did,
    cid: Cid,
    /// Until a record refers to a blob, a server may forget it.
    referenced: bool,
}

fn listed(database: &Connection) -> rusqlite::Result<Vec<Listed>> {
    let sql = "SELECT account, did, cid, unreferenced_since IS NULL
               FROM blob JOIN account ON account.id = blob.account ORDER BY account, cid";
    store::all(database, sql, [], |row| {
        Ok(Listed {
            account: AccountId(row.get(0)?),
            did: store::parsed(row, 1)?,
            cid: store::cid(row, 2)?,
            referenced: row.get(3)?,
        })
    })
}

fn copy_blobs(
    data_dir: &Path,
    to: &Path,
    progress: &mut impl FnMut(u64, u64),
) -> Result<Manifest, BackupError> {
    let database = schema::open_for_reading(&to.join(DATABASE))?;
    let mut manifest = begin_manifest(&database)?;
    // Where blobs are kept in an S3-compatible store, there is no such folder.
    if !data_dir.join(BLOBS).is_dir() {
        return Ok(manifest);
    }
    let blobs = listed(&database)?;
    for (done, blob) in (0..).zip(&blobs) {
        progress(done, blobs.len() as u64);
        let name = Path::new(BLOBS).join(blob.account.0.to_string()).join(blob.cid.to_string());
        match copy_checked(&data_dir.join(&name), &to.join(&name), &blob.cid)? {
            Copied::Whole(bytes) => {
                manifest.blobs += 1;
                manifest.blob_bytes += bytes;
            }
            Copied::Damaged => manifest.missing.push(missing(blob, true)),
            Copied::Absent if blob.referenced => manifest.missing.push(missing(blob, false)),
            Copied::Absent => {}
        }
    }
    Ok(manifest)
}

fn missing(blob: &Listed, damaged: bool) -> MissingBlob {
    MissingBlob { did: blob.did.clone(), cid: blob.cid, damaged }
}

fn begin_manifest(database: &Connection) -> Result<Manifest, BackupError> {
    let accounts: i64 = database.query_row("SELECT count(*) FROM account", [], |row| row.get(0))?;
    Ok(Manifest {
        version: 1,
        taken_at: Datetime::from_unix_micros(Timestamp::now().as_microsecond()),
        accounts: accounts.unsigned_abs(),
        newest_seq: events::newest(database)?,
        blobs: 0,
        blob_bytes: 0,
        missing: Vec::new(),
    })
}

enum Copied {
    Whole(u64),
    Damaged,
    Absent,
}

/// Copies and syncs a file whose bytes hash to `cid`; of any other, nothing stays.
fn copy_checked(from: &Path, to: &Path, cid: &Cid) -> Result<Copied, BackupError> {
    let mut source = match File::open(from) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Copied::Absent),
        Err(error) => return Err(at(from)(error)),
    };
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    let mut copy = File::create(to).map_err(at(to))?;
    let (found, bytes) = copy_hashing(&mut source, &mut copy).map_err(at(to))?;
    copy.sync_all().map_err(at(to))?;
    if found == *cid {
        return Ok(Copied::Whole(bytes));
    }
    fs::remove_file(to).map_err(at(to))?;
    Ok(Copied::Damaged)
}

fn copy_hashing(source: &mut File, copy: &mut File) -> io::Result<(Cid, u64)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; COPY_BYTES];
    loop {
        let read = source.read(&mut piece)?;
        if read == 0 {
            return Ok((Cid::new(Codec::Raw, hash.finalize().into()), bytes));
        }
        hash.update(&piece[..read]);
        copy.write_all(&piece[..read])?;
        bytes += read as u64;
    }
}

fn write_manifest(folder: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    let path = folder.join(MANIFEST);
    let text =
        serde_json::to_vec_pretty(manifest).map_err(|error| at(&path)(io::Error::other(error)))?;
    let mut file = File::create(&path).map_err(at(&path))?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(at(&path))
}
