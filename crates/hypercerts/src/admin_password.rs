//! The operator's password, from a file or from the environment: never from a flag, which process
//! lists show.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The variable that holds it.
pub const VARIABLE: &str = "HYPERCERTS_ADMIN_PASSWORD";
/// The variable that names the file that holds it.
pub const FILE_VARIABLE: &str = "HYPERCERTS_ADMIN_PASSWORD_FILE";

/// Longer than any password.
const MAX_BYTES: u64 = 4096;

/// The first line of the file if one is named, otherwise what the environment says, if anything.
pub fn read(file: Option<&Path>) -> io::Result<Option<String>> {
    let text = match file {
        Some(path) => {
            let mut text = String::new();
            File::open(path)?.take(MAX_BYTES).read_to_string(&mut text)?;
            text.lines().next().unwrap_or_default().to_owned()
        }
        None => std::env::var(VARIABLE).unwrap_or_default(),
    };
    // An empty line in a file of settings says that there is none.
    Ok(Some(text).filter(|text| !text.is_empty() || file.is_some()))
}
