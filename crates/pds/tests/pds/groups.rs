//! Repositories that several people look after.

use hypercerts_identity::net::Request;
use hypercerts_pds::PdsConfig;
use hypercerts_xrpc::nsid::{group, repo, server};
use serde_json::{Value, json};

use crate::support::{ACTIVITY, Account, Answer, PASSWORD, TestPds, claim, rkey_of};

/// A group with the people of the stories: Olive owns it, Ada is an admin, Max and Mia are members.
pub struct Nursery {
    pub pds: TestPds,
    pub did: String,
    pub olive: Account,
    pub ada: Account,
    pub max: Account,
    pub mia: Account,
}

pub async fn register(pds: &TestPds, owner: &Account, name: &str) -> Answer {
    let body = json!({ "handle": name, "ownerDid": owner.did });
    pds.post(&owner.access, group::REGISTER, &body).await
}

impl Nursery {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(adjust: impl Fn(&mut PdsConfig) + Send + Sync + 'static) -> Self {
        let pds = TestPds::start_with(adjust).await;
        let (olive, ada) = (pds.account("olive").await, pds.account("ada").await);
        let (max, mia) = (pds.account("max").await, pds.account("mia").await);
        let made = register(&pds, &olive, "nursery").await.json();
        assert_eq!(made["handle"], "nursery.test");
        let did = made["groupDid"].as_str().unwrap().to_owned();
        let nursery = Self { pds, did, olive, ada, max, mia };
        nursery.add(&nursery.olive, &nursery.ada, "admin").await.json();
        nursery.add(&nursery.ada, &nursery.max, "member").await.json();
        nursery.add(&nursery.ada, &nursery.mia, "member").await.json();
        nursery
    }

    pub async fn post(&self, who: &Account, method: &str, mut body: Value) -> Answer {
        body["repo"] = json!(self.did);
        self.pds.post(&who.access, method, &body).await
    }

    pub async fn get(&self, who: &Account, method: &str, params: &[(&str, &str)]) -> Answer {
        let mut all = vec![("repo", self.did.as_str())];
        all.extend(params);
        self.pds.send(Request::get(self.pds.method(method, &all)).bearer(&who.access)).await
    }

    pub async fn add(&self, who: &Account, whom: &Account, role: &str) -> Answer {
        let body = json!({ "memberDid": whom.did, "role": role });
        self.post(who, group::ADD_MEMBER, body).await
    }

    pub async fn remove(&self, who: &Account, whom: &Account) -> Answer {
        self.post(who, group::REMOVE_MEMBER, json!({ "memberDid": whom.did })).await
    }

    pub async fn set_role(&self, who: &Account, whom: &Account, role: &str) -> Answer {
        self.post(who, group::SET_ROLE, json!({ "memberDid": whom.did, "role": role })).await
    }

    pub async fn create(&self, who: &Account, title: &str) -> Answer {
        let body = json!({ "collection": ACTIVITY, "record": claim(title) });
        self.post(who, group::CREATE_RECORD, body).await
    }

    pub async fn put(&self, who: &Account, rkey: &str, title: &str) -> Answer {
        let body = json!({ "collection": ACTIVITY, "rkey": rkey, "record": claim(title) });
        self.post(who, group::PUT_RECORD, body).await
    }

    pub async fn delete(&self, who: &Account, rkey: &str) -> Answer {
        self.post(who, group::DELETE_RECORD, json!({ "collection": ACTIVITY, "rkey": rkey })).await
    }

    pub async fn propose(&self, who: &Account, whom: &str) -> Answer {
        self.post(who, group::PROPOSE_TRANSFER, json!({ "newOwner": whom })).await
    }

    /// Everything the log holds, as `(actor, action, result)`, oldest first.
    pub async fn log(&self) -> Vec<(String, String, String)> {
        let page = self.get(&self.ada, group::QUERY_AUDIT, &[("limit", "100")]).await.json();
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
        let line = |entry: &Value| {
            let who = self.name(&text(entry, "actorDid"));
            (who, text(entry, "action"), text(entry, "result"))
        };
        page["entries"].as_array().unwrap().iter().rev().map(line).collect()
    }

    fn name(&self, did: &str) -> String {
        let people =
            [("olive", &self.olive), ("ada", &self.ada), ("max", &self.max), ("mia", &self.mia)];
        let found = people.iter().find(|(_, account)| account.did.as_str() == did);
        found.map_or(did, |(name, _)| name).to_owned()
    }

    /// Roles by name, in the order in which members came.
    pub async fn members(&self) -> Vec<(String, String)> {
        let page = self.get(&self.olive, group::LIST_MEMBERS, &[]).await.json();
        let members = page["members"].as_array().unwrap().iter();
        let text = |member: &Value, name: &str| member[name].as_str().unwrap().to_owned();
        members.map(|member| (self.name(&text(member, "did")), text(member, "role"))).collect()
    }

    /// What anybody reads at a record key.
    pub async fn title(&self, rkey: &str) -> Value {
        let params = [("repo", self.did.as_str()), ("collection", ACTIVITY), ("rkey", rkey)];
        self.pds.get(repo::GET_RECORD, &params).await.json()["value"]["title"].clone()
    }
}

fn lines(lines: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let owned = |(who, action, result): &(&str, &str, &str)| {
        (who.to_string(), action.to_string(), result.to_string())
    };
    lines.iter().map(owned).collect()
}

#[tokio::test]
async fn people_look_after_a_repository_together_and_the_log_tells_all_of_it() {
    let nursery = Nursery::start().await;
    let Nursery { olive, ada, max, mia, .. } = &nursery;

    let made = nursery.create(max, "Oak seedlings").await.json();
    assert_eq!(made["uri"].as_str().unwrap().split('/').nth(2), Some(nursery.did.as_str()));
    let rkey = rkey_of(&made);
    nursery.put(mia, &rkey, "Beech seedlings").await.is_error(403, "Forbidden");
    nursery.delete(mia, &rkey).await.is_error(403, "Forbidden");
    nursery.put(max, &rkey, "More oak seedlings").await.json();
    nursery.put(ada, &rkey, "Oak seedlings, grown").await.json();
    assert_eq!(nursery.title(&rkey).await, "Oak seedlings, grown");
    // An edit by somebody else does not make the record theirs.
    nursery.put(max, &rkey, "Oaks").await.json();

    nursery.set_role(ada, mia, "admin").await.is_error(403, "Forbidden");
    let set = nursery.set_role(olive, mia, "admin").await.json();
    assert_eq!((&set["memberDid"], &set["role"]), (&json!(mia.did), &json!("admin")));
    nursery.delete(mia, &rkey).await.json();

    let proposed = nursery.propose(olive, "ada.test").await.json();
    assert_eq!(
        (&proposed["proposedOwner"], &proposed["proposedBy"]),
        (&json!(ada.did), &json!(olive.did))
    );
    let accepted = nursery.post(ada, group::ACCEPT_TRANSFER, json!({})).await.json();
    assert_eq!(
        (&accepted["owner"], &accepted["previousOwner"]),
        (&json!(ada.did), &json!(olive.did))
    );
    nursery.remove(ada, olive).await.json();
    nursery.create(olive, "From outside").await.is_error(403, "Forbidden");

    let expected = [
        ("olive", "group.register", "permitted"),
        ("olive", "member.add", "permitted"),
        ("ada", "member.add", "permitted"),
        ("ada", "member.add", "permitted"),
        ("max", "createRecord", "permitted"),
        ("mia", "putAnyRecord", "denied"),
        ("mia", "deleteAnyRecord", "denied"),
        ("max", "putOwnRecord", "permitted"),
        ("ada", "putAnyRecord", "permitted"),
        ("max", "putOwnRecord", "permitted"),
        ("ada", "role.set", "denied"),
        ("olive", "role.set", "permitted"),
        ("mia", "deleteAnyRecord", "permitted"),
        ("olive", "ownershipTransfer.propose", "permitted"),
        ("ada", "ownershipTransfer.accept", "permitted"),
        ("ada", "member.remove", "permitted"),
    ];
    assert_eq!(nursery.log().await, lines(&expected));
}

#[tokio::test]
async fn the_log_is_searched_and_read_page_by_page() {
    let nursery = Nursery::start().await;
    let Nursery { ada, max, mia, .. } = &nursery;
    let rkey = rkey_of(&nursery.create(max, "Oaks").await.json());
    nursery.delete(mia, &rkey).await.is_error(403, "Forbidden");
    let find = async |params: &[(&str, &str)]| {
        let page = nursery.get(ada, group::QUERY_AUDIT, params).await.json();
        page["entries"].as_array().unwrap().clone()
    };

    let denied = &find(&[("actorDid", mia.did.as_str())]).await[0];
    assert_eq!((&denied["collection"], &denied["rkey"]), (&json!(ACTIVITY), &json!(rkey)));
    assert_eq!(denied["detail"]["rkey"], json!(rkey));
    assert!(denied["detail"]["reason"].as_str().unwrap().contains("admin"), "{denied}");
    assert_eq!(find(&[("collection", ACTIVITY)]).await.len(), 2);
    assert_eq!(find(&[("action", "member.add")]).await.len(), 3);
    let about_mia = find(&[("targetDid", mia.did.as_str())]).await;
    assert_eq!(about_mia[0]["detail"], json!({ "memberDid": mia.did, "role": "member" }));
    assert_eq!(find(&[("since", "2000-01-01T00:00:00Z")]).await.len(), 6);
    assert!(find(&[("until", "2000-01-01T00:00:00Z")]).await.is_empty());

    let (mut ids, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut params = vec![("limit", "4")];
        params.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = nursery.get(ada, group::QUERY_AUDIT, &params).await.json();
        let entries = page["entries"].as_array().unwrap().iter();
        ids.extend(entries.map(|entry| entry["id"].as_str().unwrap().parse::<u64>().unwrap()));
        cursor = page["cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(ids.len(), 6);
    assert!(ids.is_sorted_by(|newer, older| newer > older), "{ids:?}");
    nursery.get(ada, group::QUERY_AUDIT, &[("cursor", "x")]).await.is_error(400, "InvalidCursor");
}

#[tokio::test]
async fn to_the_world_a_group_is_an_account_like_any_other_but_nobody_logs_in_to_it() {
    let nursery = Nursery::start().await;
    let pds = &nursery.pds;
    let did = hypercerts_lexicon::Did::parse(&nursery.did).unwrap();
    pds.key(&did).await;
    let described = pds.get(repo::DESCRIBE_REPO, &[("repo", "nursery.test")]).await.json();
    assert_eq!((&described["did"], &described["handleIsCorrect"]), (&json!(did), &json!(true)));
    pds.login("nursery.test", PASSWORD).await.is_error(401, "AuthenticationRequired");
    pds.login("nursery.test", "").await.is_error(401, "AuthenticationRequired");
    register(pds, &nursery.max, "nursery").await.is_error(400, "HandleNotAvailable");
}

#[tokio::test]
async fn who_is_in_which_group_is_told_to_whom_it_concerns() {
    let nursery = Nursery::start().await;
    let Nursery { pds, olive, max, .. } = &nursery;
    let other = register(pds, max, "orchard").await.json();

    let groups = pds.get_as(&max.access, group::LIST_MEMBERSHIPS).await.json();
    let groups = groups["groups"].as_array().unwrap();
    let told = |n: usize| (groups[n]["groupDid"].clone(), groups[n]["role"].clone());
    assert_eq!(told(0), (json!(nursery.did), json!("member")));
    assert_eq!(told(1), (other["groupDid"].clone(), json!("owner")));
    assert!(groups[0]["joinedAt"].is_string());

    let expected = [("olive", "owner"), ("ada", "admin"), ("max", "member"), ("mia", "member")];
    let expected = expected.map(|(name, role)| (name.to_owned(), role.to_owned()));
    assert_eq!(nursery.members().await, expected);
    let first = nursery.get(max, group::LIST_MEMBERS, &[("limit", "3")]).await.json();
    assert_eq!(first["members"][1]["addedBy"], json!(olive.did));
    let cursor = first["cursor"].as_str().unwrap();
    let rest = nursery.get(max, group::LIST_MEMBERS, &[("cursor", cursor)]).await.json();
    assert_eq!(rest["members"].as_array().unwrap().len(), 1);
    assert_eq!(rest.get("cursor"), None);

    let stranger = pds.account("stranger").await;
    nursery.get(&stranger, group::LIST_MEMBERS, &[]).await.is_error(403, "Forbidden");
    let none = pds.get_as(&stranger.access, group::LIST_MEMBERSHIPS).await.json();
    assert_eq!(none["groups"], json!([]));
}

#[tokio::test]
async fn authors_roles_and_log_outlive_the_process() {
    let mut nursery = Nursery::start().await;
    let rkey = rkey_of(&nursery.create(&nursery.max, "Oaks").await.json());
    nursery.pds = nursery.pds.restart().await;
    let Nursery { ada, max, mia, .. } = &nursery;
    nursery.put(mia, &rkey, "Not mine").await.is_error(403, "Forbidden");
    nursery.put(max, &rkey, "Mine").await.json();
    assert_eq!(
        nursery.get(ada, group::QUERY_AUDIT, &[]).await.json()["entries"].as_array().unwrap().len(),
        7
    );
    nursery.pds.get_as(&max.access, server::GET_SESSION).await.json();
}

#[tokio::test]
async fn the_log_cannot_be_changed_even_by_somebody_with_the_database() {
    let nursery = Nursery::start().await;
    let dir = nursery.pds.stop().await;
    let database = rusqlite::Connection::open(dir.path().join("pds/pds.sqlite")).unwrap();
    let count = || -> i64 {
        database.query_row("SELECT count(*) FROM group_audit", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(count(), 4);
    for attempt in [
        "UPDATE group_audit SET actor = 'did:web:nobody.example'",
        "DELETE FROM group_audit",
        "DELETE FROM group_audit WHERE id = 2",
        "INSERT OR REPLACE INTO group_audit (id, account, time, actor, action, permitted, detail)
             SELECT id, account, time, 'did:web:nobody.example', action, 1, '{}' FROM group_audit",
    ] {
        let refused = database.execute(attempt, []).unwrap_err().to_string();
        assert!(refused.contains("only ever added to"), "{attempt}: {refused}");
    }
    assert_eq!(count(), 4);
    // When the account is gone, so is everything about it.
    database.execute("DELETE FROM account WHERE handle = 'nursery.test'", []).unwrap();
    assert_eq!(count(), 0);
}
