//! Bounds on what one address and one account may ask for.

use hypercerts_identity::net::Request;
use hypercerts_xrpc::nsid::{repo, server};
use serde_json::{Value, json};

use crate::support::{ACTIVITY, Account, Answer, FORWARDED_FOR, TestPds, claim};

/// Asks as somebody whom a proxy on this machine names.
async fn ask_from(pds: &TestPds, address: &str) -> Answer {
    let request = Request::get(pds.method(server::DESCRIBE_SERVER, &[]));
    pds.send(request.header(FORWARDED_FOR.parse().unwrap(), address)).await
}

fn number(answer: &Answer, header: &str) -> u64 {
    answer.header(header).parse().unwrap_or_else(|_| panic!("{header} is no number"))
}

#[tokio::test]
async fn an_address_that_asks_too_much_has_to_wait_and_no_other() {
    let pds = TestPds::start().await;
    let first = ask_from(&pds, "198.51.100.7").await;
    assert_eq!(first.status(), 200);
    let limit = number(&first, "ratelimit-limit");
    assert_eq!(number(&first, "ratelimit-remaining"), limit - 1);
    assert_eq!(first.header("ratelimit-policy"), format!("{limit};w=300"));
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap();
    assert!((now..=now + 301).contains(&number(&first, "ratelimit-reset")));

    for _ in 1..limit {
        assert_eq!(ask_from(&pds, "198.51.100.7").await.status(), 200);
    }
    let refused = ask_from(&pds, "198.51.100.7").await;
    refused.is_error(429, "RateLimitExceeded");
    assert_eq!(number(&refused, "ratelimit-remaining"), 0);
    assert!((1..=300).contains(&number(&refused, "retry-after")));
    assert_eq!(refused.header("access-control-allow-origin"), "*");

    assert_eq!(ask_from(&pds, "198.51.100.8").await.status(), 200);
}

#[tokio::test]
async fn an_address_is_counted_however_the_proxy_writes_it() {
    let pds = TestPds::start().await;
    let left = async |address| number(&ask_from(&pds, address).await, "ratelimit-remaining");
    let first = left("198.51.100.7").await;
    assert_eq!(left("198.51.100.7:5555").await, first - 1);
    // A line has 2^64 addresses of IPv6, and is one.
    assert_eq!(left("2001:db8:1:2::1").await, first);
    assert_eq!(left("[2001:db8:1:2::2]:5555").await, first - 1);
    assert_eq!(left("2001:db8:1:3::1").await, first);
}

/// Deletes what is not there: the cheapest write there is.
async fn delete(pds: &TestPds, who: &Account, times: usize) -> Answer {
    let write = json!({
        "$type": "com.atproto.repo.applyWrites#delete",
        "collection": ACTIVITY, "rkey": "not-there",
    });
    let writes = vec![write; times];
    pds.post(&who.access, repo::APPLY_WRITES, &json!({ "repo": who.did, "writes": writes })).await
}

#[tokio::test]
async fn an_account_that_writes_too_much_has_to_wait_wherever_it_writes_from() {
    let pds = TestPds::start().await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    let made = pds.create(&alice, claim("One")).await;
    assert_eq!(number(&made, "ratelimit-limit"), 5000);
    assert_eq!(number(&made, "ratelimit-remaining"), 4997);

    // A refused write costs the same: it was asked for.
    for _ in 0..24 {
        assert_eq!(delete(&pds, &alice, 200).await.error().0, 400);
    }
    let last = delete(&pds, &alice, 198).await;
    assert_eq!((last.error().0, number(&last, "ratelimit-remaining")), (429, 197));
    assert_eq!(delete(&pds, &alice, 197).await.error().0, 400);
    pds.create(&alice, claim("Two")).await.is_error(429, "RateLimitExceeded");
    assert_eq!(pds.create(&bob, claim("One")).await.status(), 200);
}

#[tokio::test]
async fn where_they_are_switched_off_nothing_is_counted_or_said() {
    let pds = TestPds::start_with(|config| config.rate_limits = false).await;
    let answer = ask_from(&pds, "198.51.100.7").await;
    assert_eq!((answer.status(), answer.header("ratelimit-limit")), (200, ""));
}

#[tokio::test]
async fn the_bounds_of_logins_hold_for_an_address_whatever_names_it_tries() {
    let pds = TestPds::start().await;
    let mut refused = None;
    for n in 0..301 {
        let body: Value =
            json!({ "identifier": format!("nobody{n}.test"), "password": "x".repeat(300) });
        let answer = pds.post_from("198.51.100.9", server::CREATE_SESSION, &body).await;
        match answer.status() {
            401 => {}
            _ => refused = Some((n, answer)),
        }
    }
    let (after, answer) = refused.expect("somebody says stop");
    assert_eq!(after, 300);
    answer.is_error(429, "RateLimitExceeded");
}
