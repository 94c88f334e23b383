-- A group is an account that several people look after. It has one owner at any time.

CREATE TABLE group_account (
    account INTEGER PRIMARY KEY,
    created_at INTEGER NOT NULL
);
CREATE TABLE group_member (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    did TEXT NOT NULL,
    role TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    UNIQUE (account, did)
);
CREATE INDEX group_member_by_did ON group_member (did, id);
CREATE UNIQUE INDEX group_owner ON group_member (account) WHERE role = 'owner';

-- Who wrote the record at a path first. Records that were there before the group have nobody.
CREATE TABLE group_author (
    account INTEGER NOT NULL,
    path TEXT NOT NULL,
    author TEXT NOT NULL,
    UNIQUE (account, path)
);

CREATE TABLE group_transfer (
    account INTEGER PRIMARY KEY,
    proposed_by TEXT NOT NULL,
    proposed_owner TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);

CREATE TABLE group_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT,
    collection TEXT,
    rkey TEXT,
    permitted INTEGER NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX group_audit_by_account ON group_audit (account, id);

-- What was noted stays as it was noted, as long as the account is there.
CREATE TRIGGER group_audit_unchanged BEFORE UPDATE ON group_audit BEGIN
    SELECT RAISE(ABORT, 'the audit log of a group is only ever added to');
END;
CREATE TRIGGER group_audit_kept BEFORE DELETE ON group_audit
WHEN EXISTS (SELECT 1 FROM account WHERE id = OLD.account) BEGIN
    SELECT RAISE(ABORT, 'the audit log of a group is only ever added to');
END;
-- REPLACE deletes without asking the trigger above.
CREATE TRIGGER group_audit_not_replaced BEFORE INSERT ON group_audit
WHEN EXISTS (SELECT 1 FROM group_audit WHERE id = NEW.id) BEGIN
    SELECT RAISE(ABORT, 'the audit log of a group is only ever added to');
END;

CREATE TRIGGER group_ends AFTER DELETE ON account BEGIN
    DELETE FROM group_account WHERE account = OLD.id;
    DELETE FROM group_member WHERE account = OLD.id;
    DELETE FROM group_author WHERE account = OLD.id;
    DELETE FROM group_transfer WHERE account = OLD.id;
    DELETE FROM group_audit WHERE account = OLD.id;
END;
