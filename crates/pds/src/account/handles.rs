//! Which handles an account may have: one that this server gives out, of one label of 3 to 18
//! characters under one of its domains; or one under a domain of the owner's, which says so itself.

use hypercerts_identity::ResolveError;
use hypercerts_lexicon::{Did, Handle};

use crate::error::{Error, Refusal};
use crate::server::Server;

const LABEL: std::ops::RangeInclusive<usize> = 3..=18;

/// Names that people would take for the server speaking.
const RESERVED: [&str; 16] = [
    "about",
    "abuse",
    "account",
    "admin",
    "administrator",
    "api",
    "atproto",
    "help",
    "hypercerts",
    "moderator",
    "official",
    "root",
    "security",
    "support",
    "system",
    "www",
];

/// The domains under which accounts get their handles, such as `.test`.
#[derive(Clone, Debug)]
pub struct HandleDomains(Vec<String>);

impl HandleDomains {
    /// Each domain begins with a dot and is in lower case.
    ///
    /// # Errors
    /// The domain that is not one.
    pub fn new(domains: Vec<String>) -> Result<Self, String> {
        let is_domain = |domain: &String| {
            domain.starts_with('.')
                && !domain.contains(char::is_uppercase)
                && Handle::parse(&format!("name{domain}")).is_ok_and(|name| name.is_registrable())
        };
        match domains.iter().find(|domain| !is_domain(domain)) {
            Some(domain) => Err(domain.clone()),
            None => Ok(Self(domains)),
        }
    }

    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Whether a handle can only belong to an account of this server.
    pub fn contain(&self, handle: &Handle) -> bool {
        self.label(handle).is_some()
    }

    /// Whether `text` may become somebody's handle here.
    pub fn check_new(&self, text: &str) -> Result<Handle, Refusal> {
        let handle =
            Handle::parse(text).map_err(|why| Refusal::InvalidHandle(format!("{why}.")))?;
        let label = self.label(&handle).ok_or_else(|| {
            Refusal::UnsupportedDomain(format!(
                "Handles here end in {}; {handle} does not.",
                self.0.join(" or ")
            ))
        })?;
        check_label(label).map_err(Refusal::InvalidHandle)?;
        if RESERVED.contains(&label) {
            return Err(Refusal::HandleReserved(handle));
        }
        Ok(handle)
    }

    fn label<'a>(&self, handle: &'a Handle) -> Option<&'a str> {
        self.0.iter().find_map(|domain| handle.as_str().strip_suffix(domain.as_str()))
    }
}

/// Whether `text` may be the handle of the account `did`. A domain that is not one of this server's
/// is asked anew.
pub async fn usable(server: &Server, did: &Did, text: &str) -> Result<Handle, Error> {
    let handle = Handle::parse(text).map_err(|why| Refusal::InvalidHandle(format!("{why}.")))?;
    if server.domains.contain(&handle) {
        return Ok(server.domains.check_new(text)?);
    }
    if !handle.is_registrable() {
        let message = format!("{handle} is under a domain that nobody can have.");
        return Err(Refusal::InvalidHandle(message).into());
    }
    match server.config.resolver.refresh_handle(&handle).await {
        Ok(found) if found == *did => Ok(handle),
        found => Err(leads_elsewhere(server, did, &handle, &found).into()),
    }
}

/// Says what a domain lacks to be the handle of an account, and where to put it.
fn leads_elsewhere(
    server: &Server,
    did: &Did,
    handle: &Handle,
    found: &Result<Did, ResolveError>,
) -> Refusal {
    let found = match found {
        Ok(other) => format!("{handle} leads to {other}, not to {did}"),
        Err(why) => why.to_string(),
    };
    Refusal::InvalidHandle(format!(
        "The domain has to name the account first: {found}. Add a TXT record _atproto.{handle} with \
         the text did={did}, or serve the text {did} at https://{handle}/.well-known/atproto-did, and \
         ask again. Handles that end in {} need neither.",
        server.domains.as_slice().join(" or ")
    ))
}

fn check_label(label: &str) -> Result<(), String> {
    if label.contains('.') {
        return Err(format!("\"{label}\" has a dot; a handle here has one name in front."));
    }
    if !LABEL.contains(&label.len()) {
        return Err(format!(
            "\"{label}\" has {} characters; a name here has {} to {}.",
            label.len(),
            LABEL.start(),
            LABEL.end()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_one_label_under_a_domain_of_this_server() {
        let domains = HandleDomains::new(vec![".test".into(), ".pds.test".into()]).unwrap();
        assert_eq!(domains.check_new("Alice.test").unwrap().as_str(), "alice.test");

        let refused = |text: &str| domains.check_new(text).unwrap_err();
        assert!(matches!(refused("alice.example.org"), Refusal::UnsupportedDomain(_)));
        assert!(matches!(refused("admin.test"), Refusal::HandleReserved(_)));
        for bad in
            ["al.test", "a.b.test", "-bad.test", "alice", ".test", "nineteen-characters.test"]
        {
            assert!(matches!(refused(bad), Refusal::InvalidHandle(_)), "{bad}");
        }
    }

    #[test]
    fn only_registrable_domains_are_served() {
        assert!(HandleDomains::new(vec!["test".into()]).is_err());
        assert!(HandleDomains::new(vec![".localhost".into()]).is_err());
        assert!(HandleDomains::new(vec![".Test".into()]).is_err());
    }
}
