//! What all pages share, whichever part of the program prints them: colours and type, the mark and
//! the icons, files that are served under the address of their content, and the headers that keep
//! a page to itself.
//!
//! What a page says, and its parts, are left to the crates that print pages.

mod assets;
mod guard;
mod printed;

pub use assets::{Asset, serve};
pub use guard::{Nonce, Policy, add_headers};
pub use printed::Printed;

use std::sync::LazyLock;

/// Every colour and size, light and dark.
pub const TOKENS: &str = include_str!("../assets/tokens.css");
/// The sheet of paper: reset, type, links, and the column that every page shares.
pub const BASE: &str = include_str!("../assets/base.css");
/// The icons as symbols, to be put once at the beginning of a body.
pub const ICONS: &str = include_str!("../assets/icons.html");

/// The mark beside the name.
pub static MARK: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("mark", "svg", "image/svg+xml", include_str!("../assets/mark.svg"))
});
