//! A browser that runs no scripts: it keeps cookies, reads forms and sends them.

use std::collections::BTreeMap;

use url::Url;

use crate::support::{FORWARDED_FOR, PASSWORD, TestPds};

/// Keeps one cookie for one server.
pub struct Browser {
    pub cookie: String,
    /// Where it asks from, if not from this machine.
    pub address: Option<String>,
    client: reqwest::Client,
}

impl Default for Browser {
    fn default() -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let client = client.no_proxy().build().unwrap();
        Self { cookie: String::new(), address: None, client }
    }
}

/// What a browser was answered.
pub struct Page {
    pub status: u16,
    pub html: String,
    pub policy: String,
    /// Where the browser is sent, if it is.
    pub location: Option<String>,
    pub headers: BTreeMap<String, String>,
}

impl Browser {
    pub fn at(address: &str) -> Self {
        Self { address: Some(address.to_owned()), ..Self::default() }
    }

    pub async fn open(&mut self, pds: &TestPds, address: &str) -> Page {
        let url = pds.base.join(address).unwrap();
        self.send(self.client.get(url)).await
    }

    /// Opens a page and goes where it is sent, on this server.
    pub async fn follow(&mut self, pds: &TestPds, address: &str) -> Page {
        let mut page = self.open(pds, address).await;
        while let Some(next) = page.location.clone().filter(|next| next.starts_with('/')) {
            page = self.open(pds, &next).await;
        }
        page
    }

    /// Sends the form of `page` that goes to `action`, with these fields filled in.
    pub async fn submit(
        &mut self,
        pds: &TestPds,
        page: &Page,
        action: &str,
        filled: &[(&str, &str)],
    ) -> Page {
        let mut fields = page.form(action);
        for (name, value) in filled {
            fields.retain(|(other, _)| other != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        self.post(pds, action, body, &pds.base.origin().ascii_serialization()).await
    }

    pub async fn post(&mut self, pds: &TestPds, action: &str, body: String, origin: &str) -> Page {
        let request = self
            .client
            .post(pds.base.join(action).unwrap())
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", origin)
            .body(body);
        self.send(request).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let request = match self.cookie.is_empty() {
            true => request,
            false => request.header("cookie", &self.cookie),
        };
        let request = match &self.address {
            Some(address) => request.header(FORWARDED_FOR, address),
            None => request,
        };
        let page = Page::of(request.send().await.unwrap()).await;
        if let Some(cookie) = page.headers.get("set-cookie") {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        page
    }

    /// Signs in on whatever page offers it.
    pub async fn sign_in(&mut self, pds: &TestPds, page: &Page, handle: &str) -> Page {
        let filled = [("identifier", handle), ("password", PASSWORD)];
        self.submit(pds, page, "/account/sign-in", &filled).await
    }

    /// From an app's address to the answer that goes back to the app.
    pub async fn allow(&mut self, pds: &TestPds, address: &Url, handle: &str) -> Page {
        let mut page = self.follow(pds, address.as_str()).await;
        if page.html.contains("action=\"/account/sign-in\"") {
            let next = self.sign_in(pds, &page, handle).await.location.unwrap();
            page = self.follow(pds, &next).await;
        }
        self.submit(pds, &page, "/oauth/authorize", &[("decision", "allow")]).await
    }
}

impl Page {
    async fn of(answer: reqwest::Response) -> Self {
        let headers: BTreeMap<String, String> = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let text = |name: &str| headers.get(name).cloned();
        Self {
            status: answer.status().as_u16(),
            policy: text("content-security-policy").unwrap_or_default(),
            location: text("location"),
            html: String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned(),
            headers,
        }
    }

    /// The fields of the form that goes to `action`, boxes unticked.
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let start = format!("action=\"{action}\"");
        let at =
            self.html.find(&start).unwrap_or_else(|| panic!("no form {action}: {}", self.html));
        let form = &self.html[at..];
        let form = &form[..form.find("</form>").unwrap()];
        let inputs = form.split("<input").skip(1).map(|input| &input[..input.find('>').unwrap()]);
        inputs
            .filter(|input| !input.contains("type=\"checkbox\""))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
            .collect()
    }

    /// What the app is told, in the query or the fragment of where the browser is sent.
    #[track_caller]
    pub fn told(&self) -> BTreeMap<String, String> {
        let to =
            self.location.as_ref().unwrap_or_else(|| panic!("not sent anywhere: {}", self.html));
        let (_, told) = to.split_once(['?', '#']).unwrap();
        url::form_urlencoded::parse(told.as_bytes()).into_owned().collect()
    }

    #[track_caller]
    pub fn code(&self) -> String {
        self.told().get("code").unwrap_or_else(|| panic!("no code: {:?}", self.location)).clone()
    }
}

fn attribute(input: &str, name: &str) -> Option<String> {
    let start = format!(" {name}=\"");
    let at = input.find(&start)? + start.len();
    let text = &input[at..];
    Some(text[..text.find('"')?].replace("&#34;", "\"").replace("&#38;", "&").replace("&#39;", "'"))
}
