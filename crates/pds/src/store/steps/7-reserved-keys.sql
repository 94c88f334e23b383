-- Signing keys that wait for their account. `owner` is its DID; where none was named, it is the key itself, as did:key.
CREATE TABLE reserved_key (
    owner TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX reserved_key_by_expiry ON reserved_key (expires_at);
