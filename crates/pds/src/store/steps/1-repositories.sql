-- `path` in `record` is `collection/rkey` in one column: the tree orders by the whole text, and
-- SQLite compares text byte by byte, so a scan by `path` walks the tree's own order.
-- Revisions are TIDs as numbers, times are Unix microseconds, CIDs are 36 bytes.

CREATE TABLE meta (
    key TEXT NOT NULL UNIQUE,
    value BLOB NOT NULL
);
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    did TEXT NOT NULL UNIQUE,
    handle TEXT NOT NULL UNIQUE,
    email TEXT UNIQUE,
    password TEXT NOT NULL,
    signing_key BLOB NOT NULL,
    rotation_key BLOB NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE pending_account (
    handle TEXT NOT NULL UNIQUE,
    did TEXT NOT NULL UNIQUE,
    email TEXT,
    password TEXT NOT NULL,
    signing_key BLOB NOT NULL,
    rotation_key BLOB NOT NULL,
    genesis BLOB NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE app_password (
    account INTEGER NOT NULL,
    name TEXT NOT NULL,
    hash BLOB NOT NULL,
    privileged INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (account, name)
);
CREATE TABLE refresh_token (
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
    account INTEGER NOT NULL,
    app_password TEXT,
    successor TEXT,
    expires_at INTEGER NOT NULL
);
CREATE INDEX refresh_token_by_session ON refresh_token (session);
CREATE INDEX refresh_token_by_account ON refresh_token (account);
CREATE INDEX refresh_token_by_expiry ON refresh_token (expires_at);
CREATE TABLE repo (
    account INTEGER PRIMARY KEY,
    rev INTEGER NOT NULL,
    head BLOB NOT NULL,
    data BLOB NOT NULL,
    block BLOB NOT NULL
);
CREATE TABLE node (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    cid BLOB NOT NULL,
    rev INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (account, cid)
);
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    path TEXT NOT NULL,
    cid BLOB NOT NULL,
    rev INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (account, path)
);
CREATE TABLE blob (
    account INTEGER NOT NULL,
    cid BLOB NOT NULL,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    unreferenced_since INTEGER,
    UNIQUE (account, cid)
);
CREATE INDEX blob_unreferenced ON blob (unreferenced_since) WHERE unreferenced_since IS NOT NULL;
CREATE TABLE record_blob (
    account INTEGER NOT NULL,
    path TEXT NOT NULL,
    cid BLOB NOT NULL,
    rev INTEGER NOT NULL,
    UNIQUE (account, path, cid)
);
CREATE INDEX record_blob_by_cid ON record_blob (account, cid);
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    frame BLOB NOT NULL
);
