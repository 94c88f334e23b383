//! Bundles against those who would change them: a real directory and real signed repositories, and
//! forgers who know the format as well as we do.
#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

mod damage;
mod evidence;
mod forgery;
mod world;
