ALTER TABLE account ADD COLUMN email_confirmed_at INTEGER;

-- Secrets that were mailed, one for each account and purpose; `hash` is of the text in upper case.
CREATE TABLE mailed_token (
    account INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (account, purpose)
);
CREATE INDEX mailed_token_by_hash ON mailed_token (hash);

-- Mails on their way out, sealed. Where no mail is sent they stay for the developer to read.
CREATE TABLE mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER NOT NULL
);
CREATE INDEX mail_by_next_attempt ON mail (next_attempt_at);
