-- What the operator has taken down, each with the operator's own word for why. An account keeps the
-- status its owner gave it, which counts again when the takedown is lifted.
ALTER TABLE account ADD COLUMN takedown_ref TEXT;
CREATE TABLE record_takedown (
    account INTEGER NOT NULL,
    path TEXT NOT NULL,
    ref TEXT NOT NULL,
    UNIQUE (account, path)
);
CREATE TABLE blob_takedown (
    account INTEGER NOT NULL,
    cid BLOB NOT NULL,
    ref TEXT NOT NULL,
    UNIQUE (account, cid)
);

-- Of accounts that were deactivated before it was noted, the time of this step.
ALTER TABLE account ADD COLUMN deactivated_at INTEGER;
UPDATE account SET deactivated_at = unixepoch() * 1000000 WHERE status = 'deactivated';

-- Invitations. They are told again to the operator and to whoever they were made for, so they are
-- kept as they are. `for_account` is a DID, or 'admin'. Who used one stays known when the account is
-- gone: a use is never given back.
ALTER TABLE account ADD COLUMN invites_disabled INTEGER NOT NULL DEFAULT 0;
CREATE TABLE invite_code (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    available INTEGER NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    for_account TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX invite_code_by_account ON invite_code (for_account);
CREATE TABLE invite_use (
    code INTEGER NOT NULL,
    used_by TEXT NOT NULL,
    used_at INTEGER NOT NULL
);
CREATE INDEX invite_use_by_code ON invite_use (code);
CREATE INDEX invite_use_by_account ON invite_use (used_by);
