//! What befalls a program: killed in the middle, no room on the disk, an account that moves, noise.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use hypercerts_identity::{HttpClient, NetPolicy, Resolver, ResolverConfig};
use hypercerts_index::{IndexConfig, Limits, SourceConfig};
use hypercerts_lexicon::Did;
use hypercerts_records::nsid;
use url::Url;

use crate::author::{Made, claim};
use crate::host::Host;
use crate::world::{Running, World, eventually};

/// Not a test by itself: the process that the next one kills.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "is run by `killed_at_any_moment_it_loses_and_repeats_nothing`"]
async fn an_index_that_will_be_killed() {
    let Ok(dir) = std::env::var("KILLED_INDEX_DIR") else { return };
    let url = |name: &str| Url::parse(&std::env::var(name).expect("it is set")).expect("a URL");
    let http = HttpClient::new(NetPolicy::allow_private()).expect("a client");
    let plc = url("KILLED_INDEX_PLC");
    let names = ResolverConfig::new(plc.clone(), http.clone()).with_handle_host(".test", plc);
    let resolver = Resolver::new(names);
    let sources = vec![SourceConfig::pds(url("KILLED_INDEX_HOST"))];
    let config = IndexConfig::new(dir, sources, resolver.expect("a resolver"), http);
    let _index = Running::start(config).expect("the index opens");
    std::future::pending::<()>().await;
}

fn start_and_kill_later(world: &World, host: &Host) -> Child {
    let story = "hardships::an_index_that_will_be_killed";
    Command::new(std::env::current_exe().expect("this test"))
        .args([story, "--exact", "--ignored"])
        .env("KILLED_INDEX_DIR", world.dir.path().join("index"))
        .env("KILLED_INDEX_PLC", world.url.as_str())
        .env("KILLED_INDEX_HOST", host.url.as_str())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the process starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_loses_and_repeats_nothing() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    alice.begin();
    let mut number = 0;
    for life in 1..=6 {
        let mut child = start_and_kill_later(&world, &host);
        for _ in 0..30 * life {
            alice.create(nsid::ACTIVITY, &format!("claim-{number}"), &claim("Written under fire"));
            number += 1;
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        child.kill().expect("it was running");
        child.wait().expect("it is dead");
    }

    let index = world.index(&[&host]).await;
    eventually("all claims are stored", || async {
        index.reader.status().await.expect("an answer").counts.records == number
    })
    .await;
    let status = index.reader.status().await.expect("an answer");
    assert!(status.refusals.is_empty(), "{:?}", status.refusals);
    assert_eq!(status.counts.synchronized, 1);
    assert!(status.sources[0].events < number, "the lives before this one stored something");
    assert_eq!(status.sources[0].cursor, Some(i64::try_from(number).expect("few") + 3));
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_the_intake_and_nothing_is_lost() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    alice.begin();
    let mut record = claim("Heavy");
    record["description"] = serde_json::json!({
        "$type": "org.hypercerts.defs#descriptionString", "value": "much to say ".repeat(1000),
    });
    for number in 0..60 {
        alice.create(nsid::ACTIVITY, &format!("claim-{number}"), &record);
    }
    let mut config = world.config("index", vec![SourceConfig::pds(host.url.clone())]);
    let roomy = config.clone();
    config.limits = Limits { database_bytes: Some(400 << 10), ..config.limits };

    let index = Running::start(config).expect("the index opens");
    eventually("the status says that there is no room", || async {
        let status = index.reader.status().await.expect("questions are answered all the same");
        let error = status.sources[0].last_error.clone().unwrap_or_default();
        error.contains("cannot be stored") && error.contains("full")
    })
    .await;
    index.stop().await;

    let index = Running::start(roomy).expect("the index opens");
    eventually("all claims are stored", || async {
        index.reader.status().await.expect("an answer").counts.records == 60
    })
    .await;
    assert!(index.reader.status().await.expect("an answer").refusals.is_empty());
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_followed_to_its_new_host() {
    let world = World::new().await;
    let (old, new) = (Host::new().await, Host::new().await);
    let mut alice = world.author("alice", &old).await;
    let sources = [&old, &new].map(|host| SourceConfig::pds(host.url.clone())).to_vec();
    let mut config = world.config("index", sources);
    config.limits = Limits { identity_rest: Duration::ZERO, ..config.limits };
    let index = Running::start(config).expect("the index opens");
    alice.begin();
    let before = alice.create(nsid::ACTIVITY, "before", &claim("Before"));
    eventually("the first claim is shown", || async {
        index.reader.record(&before.uri).await.expect("an answer").is_some()
    })
    .await;

    world.move_to(&mut alice, &new).await;
    let after = alice.create(nsid::ACTIVITY, "after", &claim("After"));
    eventually("the claim at the new host is shown", || async {
        index.reader.record(&after.uri).await.expect("an answer").is_some()
    })
    .await;
    assert!(index.reader.status().await.expect("an answer").refusals.is_empty());
    index.stop().await;
}

/// Numbers that look random and are the same every time.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    /// The message with some of its bytes changed, cut off, or doubled.
    fn disturb(&mut self, message: &[u8]) -> Bytes {
        let mut bytes = message.to_vec();
        match self.below(4) {
            0 => bytes.truncate(self.below(message.len())),
            1 => bytes.extend_from_slice(message),
            _ => {
                for _ in 0..=self.below(3) {
                    let place = self.below(bytes.len());
                    bytes[place] ^= u8::try_from(1 + self.below(255)).expect("a byte");
                }
            }
        }
        bytes.into()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_noise_is_on_the_line_only_the_truth_is_shown() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let mut noise = Noise(42);
    alice.begin();
    let mut truth = Vec::new();
    for number in 0..60 {
        let made =
            Made::new(&alice.did, nsid::ACTIVITY, &format!("claim-{number}"), &claim("True"));
        let event = alice.write(&[made.create()]);
        for _ in 0..2 {
            host.say(|seq| noise.disturb(&event.encode(seq)));
        }
        alice.publish(&event);
        truth.push(made);
    }

    let index = world.index(&[&host]).await;
    let last = truth.last().expect("there is one");
    eventually("the last claim is shown", || async {
        index.reader.record(&last.uri).await.expect("an answer").is_some()
    })
    .await;
    for made in &truth {
        let shown = index.reader.record(&made.uri).await.expect("an answer").expect("a true claim");
        assert_eq!(shown.record.cid, made.cid);
    }
    let status = index.reader.status().await.expect("an answer");
    assert_eq!(status.counts.records, 60);
    assert!(status.counts.refusals > 0);
    let met: Vec<Did> =
        status.accounts_desynchronized.into_iter().map(|account| account.did).collect();
    assert!(!met.contains(&alice.did));
    index.stop().await;
}
