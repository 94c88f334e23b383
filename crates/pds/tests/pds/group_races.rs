//! Groups under many hands at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hypercerts_xrpc::nsid::{group, repo};
use serde_json::json;

use crate::groups::Nursery;
use crate::support::{ACTIVITY, Account};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_removed_writes_nothing_from_then_on() {
    let nursery = Arc::new(Nursery::start().await);
    let removed = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            tokio::spawn(write_until_refused(Arc::clone(&nursery), writer, Arc::clone(&removed)))
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    nursery.remove(&nursery.ada, &nursery.max).await.json();
    removed.store(true, Ordering::SeqCst);
    let mut written = 0;
    for writer in writers {
        written += writer.await.unwrap();
    }
    // The log has every write that was answered, none after the removal, and agrees with the repository.
    let params = [("limit", "100")];
    let mut page = nursery.get(&nursery.ada, group::QUERY_AUDIT, &params).await.json();
    let newest = page["entries"][0].clone();
    assert_eq!(newest["action"], "member.remove", "{newest}");
    let mut noted = 0;
    loop {
        let entries = page["entries"].as_array().unwrap().iter();
        noted += entries.filter(|entry| entry["action"] == "createRecord").count();
        let Some(cursor) = page["cursor"].as_str().map(str::to_owned) else { break };
        let params = [("limit", "100"), ("cursor", cursor.as_str())];
        page = nursery.get(&nursery.ada, group::QUERY_AUDIT, &params).await.json();
    }
    assert_eq!(noted, written);
    assert!(written > 0);
    assert_eq!(count_records(&nursery).await, written);
}

/// How many of Max's writes succeeded; each that began after the removal was answered must fail.
async fn write_until_refused(
    nursery: Arc<Nursery>,
    writer: usize,
    removed: Arc<AtomicBool>,
) -> usize {
    for n in 0.. {
        let late = removed.load(Ordering::SeqCst);
        let answer = nursery.create(&nursery.max, &format!("{writer}/{n}")).await;
        if answer.status() != 200 {
            answer.is_error(403, "Forbidden");
            return n;
        }
        assert!(!late, "a write after the removal");
    }
    unreachable!("the loop ends with a refusal")
}

async fn count_records(nursery: &Nursery) -> usize {
    let (mut records, mut cursor) = (0, None::<String>);
    loop {
        let mut params =
            vec![("repo", nursery.did.as_str()), ("collection", ACTIVITY), ("limit", "100")];
        params.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = nursery.pds.get(repo::LIST_RECORDS, &params).await.json();
        records += page["records"].as_array().unwrap().len();
        cursor = page["cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return records;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_happens_at_once_a_group_has_one_owner() {
    let nursery = Arc::new(Nursery::start().await);
    let people = [&nursery.olive, &nursery.ada, &nursery.max, &nursery.mia].map(Account::clone);
    let tasks: Vec<_> = people
        .iter()
        .map(|person| tokio::spawn(meddle(Arc::clone(&nursery), person.clone(), people.clone())))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let mut members = Vec::new();
    for person in &people {
        let answer = nursery.get(person, group::LIST_MEMBERS, &[]).await;
        if answer.status() == 200 {
            members = answer.json()["members"].as_array().unwrap().clone();
        }
    }
    let owners = members.iter().filter(|member| member["role"] == "owner").count();
    assert_eq!(owners, 1, "{members:?}");
}

/// Tries everything that could leave a group without an owner or with two.
async fn meddle(nursery: Arc<Nursery>, me: Account, people: [Account; 4]) {
    for round in 0..10 {
        let other = &people[round % people.len()];
        nursery.propose(&me, other.did.as_str()).await;
        nursery.post(&me, group::ACCEPT_TRANSFER, json!({})).await;
        nursery.set_role(&me, other, "admin").await;
        nursery.set_role(&me, &me, "member").await;
        nursery.remove(&me, other).await;
        nursery.remove(&me, &me).await;
        nursery.add(&me, other, "member").await;
    }
}
