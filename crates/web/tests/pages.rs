//! The pages as a browser gets them, from a whole network in this process.

use std::io::{Read, Write};
use std::net::TcpStream;

use hypercerts_lexicon::{Nsid, RecordKey};
use hypercerts_records::nsid;
use hypercerts_testkit::{TestNetwork, eventually};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_found_by_words_and_by_its_address() {
    let network = TestNetwork::start().await;
    let forester = network.person("forester").await;
    let claim = forester.claims("Oak wood replanted").await;
    network.page_shows(&claim, "Oak wood replanted").await;

    for path in ["/", "/hypercerts", "/hypercerts?q=oak", "/hypercerts?author=forester.test"] {
        let (status, html) = network.page(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(html.contains("Oak wood replanted"), "{path}");
    }
    let (_, html) = network.page("/hypercerts?q=elephants").await;
    assert!(html.contains("Nothing held here mentions that."));
    // A form sends its empty fields along.
    let filtered = "/hypercerts?q=&scope=&place=&from=2025-01-01&until=&evaluated=false&funded=";
    let (status, html) = network.page(filtered).await;
    assert_eq!(status, 200);
    assert!(html.contains("Oak wood replanted") && html.contains("work since 1 Jan 2025"));
    assert!(html.contains("value=\"2025-01-01\""), "the form keeps what was asked");
    let (_, html) = network.page("/hypercerts?evaluated=true").await;
    assert!(html.contains("Nothing held here fits all of this."));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_claim_says_where_it_comes_from() {
    let network = TestNetwork::start().await;
    let forester = network.person("forester").await;
    let ecologist = network.person("ecologist").await;
    let claim = forester.claims("Oak wood replanted").await;
    ecologist.evaluates(&claim, "Well mixed stand.").await;
    let page = network.page_shows(&claim, "Well mixed stand.").await;
    assert!(page.contains("(1 independent)"));
    assert!(page.contains(&claim.cid.to_string()) && page.contains("did:key:z"));

    let record = format!("/record/{}", claim.uri.as_str().trim_start_matches("at://"));
    let (status, html) = network.page(&record).await;
    assert_eq!(status, 200);
    assert!(html.contains("Points at it") && html.contains("org.hypercerts.context.evaluation"));

    let (status, html) = network.page("/actor/ecologist.test").await;
    assert_eq!(status, 200);
    assert!(html.contains("Well mixed stand.") && html.contains("Oak wood replanted"));

    let (status, html) = network.page("/status").await;
    assert_eq!(status, 200);
    assert!(html.contains("Following 1 of 1 source."));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_says_so_and_leads_on() {
    let network = TestNetwork::start().await;
    let nobody = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
    for (path, status, words) in [
        ("/no/such/page", 404, "There is no page at this address."),
        (
            &*format!("/hypercert/{nobody}/{}/1", nsid::ACTIVITY),
            404,
            "was never seen by this index",
        ),
        (&format!("/record/{nobody}/{}/1", nsid::RIGHTS), 404, "was never seen by this index"),
        (&format!("/actor/{nobody}"), 404, "This account was deleted"),
        (&format!("/blob/{nobody}/nonsense"), 400, "This address cannot be read"),
        ("/actor/not%20a%20name", 400, "This address cannot be read"),
        ("/at?uri=https://example.org", 400, "This address cannot be read"),
        ("/hypercerts?from=yesterday", 400, "`from` is a day, written like 2025-01-31"),
        ("/hypercerts?funded=perhaps", 400, "`funded` is true, false or empty"),
        ("/hypercerts?cursor=made-up", 400, "the cursor is not one that this index gave out"),
        ("/assets/site.0000.css", 404, "There is no page at this address."),
    ] {
        let (got, html) = network.page(path).await;
        assert_eq!(got, status, "{path}");
        let words_or_capital = html.to_lowercase().contains(&words.to_lowercase());
        assert!(words_or_capital, "{path}: {html}");
        assert!(html.contains("href=\"/\""), "{path} offers a way out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_records_stays_text_all_the_way_to_the_browser() {
    let network = TestNetwork::start().await;
    let mallory = network.person("mallory").await;
    let evil = "<script>alert(1)</script>";
    let claim = mallory.claims(evil).await;
    let page = network.page_shows(&claim, "&#60;script&#62;alert(1)").await;
    assert!(!page.contains("<script"));
    let profile = json!({ "displayName": evil, "website": "javascript:alert(1)", "createdAt": "2026-01-08T07:00:00Z" });
    let (collection, key) =
        (Nsid::parse(nsid::PROFILE).unwrap(), RecordKey::parse("self").unwrap());
    mallory.session().put_record(&collection, &key, &profile).await.unwrap();
    let html = eventually("the profile is shown", async || {
        let (_, html) = network.page("/actor/mallory.test").await;
        html.contains("<span>javascript:alert(1)</span>").then_some(html)
    })
    .await;
    assert!(!html.contains("<script") && !html.contains("href=\"javascript"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_in_a_browser_may_ask_the_index_from_any_origin() {
    let network = TestNetwork::start().await;
    let base = network.app().base().authority().to_owned();
    let asked = "Origin: https://app.example\r\nAccess-Control-Request-Method: GET\r\n\
                 Access-Control-Request-Headers: atproto-accept-labelers\r\n";
    for method in [nsid::LIST_HYPERCERTS, "com.example.not.served"] {
        let preflight = said(&base, "OPTIONS", &format!("/xrpc/{method}"), asked);
        assert!(preflight.starts_with("http/1.1 204"), "{method}: {preflight}");
        assert!(preflight.contains("access-control-allow-origin: *"), "{method}: {preflight}");
        assert!(preflight.contains("access-control-allow-headers: atproto-accept-labelers"));
        let answer =
            said(&base, "GET", &format!("/xrpc/{method}"), "Origin: https://app.example\r\n");
        assert!(answer.contains("access-control-allow-origin: *"), "{method}: {answer}");
    }
    let page = said(&base, "GET", "/", "Origin: https://app.example\r\n");
    assert!(page.starts_with("http/1.1 200") && !page.contains("access-control"), "{page}");
}

/// The head of an answer as it comes over the wire, in small letters.
fn said(address: &str, verb: &str, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    write!(
        stream,
        "{verb} {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Connection: close\r\n\r\n"
    )
    .expect("it is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let text = String::from_utf8_lossy(&answer).to_lowercase();
    text.split("\r\n\r\n").next().unwrap_or_default().to_owned()
}
