//! The one record type that is spelled out here.

/// A published lexicon: its key is the NSID that it describes.
pub const SCHEMA: &str = "com.atproto.lexicon.schema";
