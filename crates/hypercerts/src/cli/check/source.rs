//! Where the records to check come from: files, folders, the network.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use hypercerts_lexicon::{AtUri, Cid, Nsid, Value, json};
use hypercerts_records::{links, nsid};
use hypercerts_repo::VerifiedRecord;
use hypercerts_verify as verify;
use serde::Serialize;

use super::super::CliError;
use super::super::connect::DirectoryOptions;

/// Largest file that is read, in bytes: a list of many records.
const MAX_FILE: u64 = 20_000_000;
/// Folders inside each other, and files in all.
const MAX_DEPTH: usize = 16;
const MAX_FILES: usize = 10_000;
/// Records around one from the network that are fetched with it.
const MAX_AROUND: usize = 25;

/// A record to look at.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// The file, or the address.
    pub from: String,
    pub uri: Option<AtUri>,
    /// The version, where it is known which.
    pub cid: Option<Cid>,
    pub collection: Nsid,
    pub value: Value,
}

/// Something that should have been a record and is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Problem {
    pub from: String,
    pub message: String,
}

/// All that was found to check.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub records: Vec<Given>,
    /// Records that others refer to; known, but not what was asked about.
    pub around: Vec<Given>,
    pub problems: Vec<Problem>,
    files: usize,
}

impl Collected {
    /// A file, or every `.json` file below a folder, in the order of their names. Links are not followed.
    pub(super) fn add_path(&mut self, path: &Path) -> Result<(), CliError> {
        let kind = fs::metadata(path).map_err(failed(path))?;
        match kind.is_dir() {
            true => self.add_folder(path, MAX_DEPTH),
            false => self.add_file(path),
        }
    }

    fn add_folder(&mut self, folder: &Path, depth: usize) -> Result<(), CliError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(CliError::usage(format!(
                "{} lies more than {MAX_DEPTH} folders deep; check a folder further down",
                folder.display()
            )));
        };
        let entries = fs::read_dir(folder).map_err(failed(folder))?;
        let mut entries = entries.collect::<io::Result<Vec<_>>>().map_err(failed(folder))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (path, kind) = (entry.path(), entry.file_type().map_err(failed(folder))?);
            if kind.is_dir() {
                self.add_folder(&path, depth)?;
            } else if kind.is_file() && path.extension().is_some_and(|end| end == "json") {
                self.add_file(&path)?;
            }
        }
        Ok(())
    }

    fn add_file(&mut self, path: &Path) -> Result<(), CliError> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(CliError::usage(format!(
                "there are more than {MAX_FILES} files; check a folder further down"
            )));
        }
        let from = path.display().to_string();
        match read(path)?.map_or_else(Err, |text| records_in(&text)) {
            Ok(values) => {
                for (place, value) in values.iter().enumerate() {
                    let many = values.len() > 1;
                    self.add_value(
                        if many { format!("{from} [{place}]") } else { from.clone() },
                        value,
                    );
                }
            }
            Err(message) => self.problems.push(Problem { from, message }),
        }
        Ok(())
    }

    fn add_value(&mut self, from: String, value: &Value) {
        match given(from.clone(), value) {
            Ok(given) => self.records.push(given),
            Err(message) => self.problems.push(Problem { from, message }),
        }
    }

    /// A record from its account's server, proved, and those it refers to as far as they can be had.
    pub(super) async fn fetch(
        &mut self,
        directory: &DirectoryOptions,
        uri: &AtUri,
    ) -> Result<(), CliError> {
        let verifier = directory.verifier()?;
        let checked = verify::run(&verifier, uri, |_| {}).await;
        let Some(record) = checked.record else {
            return Err(CliError::Unproved { uri: uri.clone(), report: Box::new(checked.report) });
        };
        let asked = fetched(&record)?;
        let targets: BTreeSet<AtUri> =
            links(&asked.value).into_iter().map(|link| link.uri).collect();
        self.records.push(asked);
        for target in targets.iter().take(MAX_AROUND) {
            if let Some(record) = verify::run(&verifier, target, |_| {}).await.record {
                self.around.push(fetched(&record)?);
            }
        }
        Ok(())
    }
}

fn fetched(record: &VerifiedRecord) -> Result<Given, CliError> {
    let (collection, rkey) = (record.path().collection(), record.path().rkey());
    let uri = AtUri::record(record.did(), &collection, &rkey);
    Ok(Given {
        from: uri.to_string(),
        uri: Some(uri),
        cid: Some(record.cid()),
        collection,
        value: record.value().map_err(CliError::answer)?,
    })
}

fn failed(path: &Path) -> impl Fn(io::Error) -> CliError {
    let path: PathBuf = path.to_owned();
    move |source| CliError::File { path: path.clone(), action: "read", source }
}

/// The file's bytes, or why they are not looked at.
fn read(path: &Path) -> Result<Result<Vec<u8>, String>, CliError> {
    let file = fs::File::open(path).map_err(failed(path))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(failed(path))?;
    match bytes.len() as u64 > MAX_FILE {
        true => Ok(Err(format!("The file is larger than {MAX_FILE} bytes. Divide it."))),
        false => Ok(Ok(bytes)),
    }
}

/// The records in a text: one, or a list.
fn records_in(text: &[u8]) -> Result<Vec<Value>, String> {
    let unread = |why| format!("This cannot be read: {why}.");
    // The reader wants an object around everything.
    let is_list = text.trim_ascii_start().starts_with(b"[");
    let wrapped = [b"{\"records\":".as_slice(), text, b"}"].concat();
    let value = json::parse(if is_list { &wrapped } else { text }).map_err(unread)?;
    match value.get("records") {
        Some(Value::List(values)) if value.type_name().is_none() => Ok(values.clone()),
        _ => Ok(vec![value]),
    }
}

/// A record by itself, or as servers answer it: with its address and version around it.
fn given(from: String, value: &Value) -> Result<Given, String> {
    let (uri, cid, record) = match (value.type_name(), value.get("value")) {
        (None, Some(record @ Value::Map(_))) => (uri_in(value)?, cid_in(value)?, record),
        _ => (None, None, value),
    };
    let named = record.type_name().map(Nsid::parse);
    let collection = match (uri.as_ref().and_then(AtUri::collection), named) {
        (Some(collection), _) => collection,
        (None, Some(Ok(collection))) => collection,
        (None, Some(Err(why))) => {
            return Err(format!("Its “$type” names no kind of record: {why}."));
        }
        (None, None) => {
            return Err(format!(
                "This is no record: it has no “$type” that says which kind it is. Add one, like \
                 \"$type\": \"{}\".",
                nsid::ACTIVITY
            ));
        }
    };
    Ok(Given { from, uri, cid, collection, value: record.clone() })
}

fn uri_in(value: &Value) -> Result<Option<AtUri>, String> {
    let Some(text) = value.get("uri").and_then(Value::as_str) else { return Ok(None) };
    match AtUri::parse(text) {
        Ok(uri) if uri.rkey().is_some() => Ok(Some(uri)),
        Ok(_) => Err("Its “uri” names no record: at://ACCOUNT/COLLECTION/KEY.".to_owned()),
        Err(why) => Err(format!("Its “uri” cannot be read: {why}.")),
    }
}

fn cid_in(value: &Value) -> Result<Option<Cid>, String> {
    let Some(text) = value.get("cid").and_then(Value::as_str) else { return Ok(None) };
    Cid::parse(text).map(Some).map_err(|why| format!("Its “cid” cannot be read: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Result<Given, String> {
        let [value] = records_in(text.as_bytes())?.try_into().expect("one record");
        given("a.json".to_owned(), &value)
    }

    #[test]
    fn a_record_is_taken_bare_or_wrapped() {
        let bare = one(r#"{"$type":"app.certified.location"}"#).expect("a record");
        assert_eq!((bare.collection.as_str(), bare.uri), ("app.certified.location", None));
        let uri = "at://did:plc:w4xlwcl2fyp5jmbdfrm5h3ub/app.certified.location/3mhlv4n3abc2a";
        let wrapped = one(&format!(r#"{{"uri":"{uri}","value":{{"name":"Here"}}}}"#));
        let wrapped = wrapped.expect("a record");
        assert_eq!(wrapped.uri.as_ref().map(AtUri::as_str), Some(uri));
        assert_eq!(wrapped.collection.as_str(), "app.certified.location");
    }

    #[test]
    fn several_come_as_a_list() {
        let list = r#" [{"$type":"a.b.c"},{"$type":"a.b.d"}]"#;
        assert_eq!(records_in(list.as_bytes()).map(|records| records.len()), Ok(2));
        let answer = format!(r#"{{"records":{list},"cursor":"x"}}"#);
        assert_eq!(records_in(answer.as_bytes()).map(|records| records.len()), Ok(2));
    }

    #[test]
    fn what_is_no_record_says_what_is_missing() {
        for (text, said) in [
            (r#"{"title":"Oak"}"#, "has no “$type”"),
            (r#"{"$type":"oak"}"#, "names no kind of record"),
            (r#"{"uri":"oak","value":{}}"#, "“uri” cannot be read"),
            (r#"{"value":{"title":"Oak"}}"#, "has no “$type”"),
            ("{", "cannot be read"),
            ("", "cannot be read"),
            (r#"{"$type":"a.b.c","size":1.5}"#, "cannot be read"),
        ] {
            let why = one(text).expect_err(text);
            assert!(why.contains(said), "{text}: {why}");
        }
    }
}
