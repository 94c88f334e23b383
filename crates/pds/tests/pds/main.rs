//! A PDS as its clients see it: over HTTP, with a real did:plc directory beside it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod accounts;
mod admin;
mod backups;
mod blobs;
mod concurrency;
mod crowds;
mod did_web;
mod firehose;
mod group_doors;
mod group_races;
mod group_rules;
mod group_tokens;
mod groups;
mod guessing;
mod handles;
mod invites;
mod lifecycle;
mod limits;
mod migration;
mod mistakes;
mod oauth;
mod operator;
mod proxying;
mod relays;
mod repos;
mod restarts;
mod sessions;
mod site;
mod support;
mod sync;
mod takedown;
mod writes;
