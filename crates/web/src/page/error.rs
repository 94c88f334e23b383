//! What is said when a page cannot be shown, always with a way out.

use askama::Template;

use super::Page;

/// An apology, the reason, and where to go from here.
#[derive(Template)]
#[template(path = "page/error.html")]
pub struct ErrorPage {
    pub status: u16,
    pub heading: String,
    pub reason: String,
    /// The URI, DID or path that led here.
    pub subject: Option<String>,
    /// Links that lead on, with their words.
    pub ways: Vec<(String, String)>,
}

impl Page for ErrorPage {
    fn title(&self) -> String {
        self.heading.clone()
    }
}
