//! Lexicon documents and validation.
