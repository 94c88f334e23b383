use std::fmt::{Display, Formatter, Result};

use askama::{Template, filters::HtmlSafe};

/// HTML that a template has printed, and so escaped, already: what a layout is put around.
pub struct Printed(String);

impl Printed {
    /// # Errors
    /// When the template cannot be printed.
    pub fn of(template: &impl Template) -> askama::Result<Self> {
        template.render().map(Self)
    }
}

impl Display for Printed {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        out.write_str(&self.0)
    }
}

impl HtmlSafe for Printed {}
