//! What surrounds every page: head, masthead, footer.

use askama::Template;
use hypercerts_theme::{ICONS, MARK, Nonce, Printed};

use crate::assets;

/// Where a page stands in the main navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    Hypercerts,
    Status,
    Elsewhere,
}

/// A page that can be put into the layout.
pub trait Page: Template {
    /// Names the page in a browser's tab.
    fn title(&self) -> String;

    /// The navigation entry the page belongs to.
    fn here(&self) -> Here {
        Here::Elsewhere
    }
}

/// What a page needs to know of the request and the app around it.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Names the network in the masthead, such as `Local network`.
    pub network: String,
    /// The number that this answer's content security policy names; fresh for each request.
    pub nonce: Nonce,
}

impl Shell {
    /// Prints a whole document.
    ///
    /// # Errors
    /// When a template cannot be printed, which for templates that write to memory does not happen.
    pub fn document(&self, page: &impl Page) -> askama::Result<String> {
        let content = Printed::of(page)?;
        Layout { shell: self, title: page.title(), here: page.here(), content }.render()
    }
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    shell: &'a Shell,
    title: String,
    here: Here,
    content: Printed,
}
