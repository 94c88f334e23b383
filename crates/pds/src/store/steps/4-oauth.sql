-- Requests of apps, from being pushed to being exchanged for tokens. `id` and `code` are hashes of
-- what the app and the browser hold.
CREATE TABLE oauth_request (
    id BLOB NOT NULL UNIQUE,
    request TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    account INTEGER,
    code BLOB UNIQUE
);
CREATE INDEX oauth_request_by_expiry ON oauth_request (expires_at);

-- Apps that act for an account. Tokens are hashes. `scope` is what the owner agreed to, `allowed`
-- what the current access token allows, permission sets spelled out.
CREATE TABLE oauth_session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    client TEXT NOT NULL,
    client_name TEXT,
    client_auth TEXT NOT NULL,
    key TEXT NOT NULL,
    scope TEXT NOT NULL,
    allowed TEXT NOT NULL,
    code BLOB NOT NULL UNIQUE,
    access BLOB NOT NULL UNIQUE,
    access_expires_at INTEGER NOT NULL,
    refresh BLOB UNIQUE,
    created_at INTEGER NOT NULL,
    refreshed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX oauth_session_by_account ON oauth_session (account);
CREATE INDEX oauth_session_by_expiry ON oauth_session (expires_at);

-- Refresh tokens that were replaced: whoever shows one has stolen it, or was stolen from.
CREATE TABLE oauth_used_refresh (
    refresh BLOB NOT NULL UNIQUE,
    session INTEGER NOT NULL
);
CREATE INDEX oauth_used_refresh_by_session ON oauth_used_refresh (session);

-- Hashes of what may be used once: code challenges, client assertions.
CREATE TABLE oauth_seen (
    hash BLOB NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL
);
CREATE INDEX oauth_seen_by_expiry ON oauth_seen (expires_at);

-- What an owner agreed to, for apps that can prove who they are.
CREATE TABLE oauth_consent (
    account INTEGER NOT NULL,
    client TEXT NOT NULL,
    scope TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    UNIQUE (account, client)
);

-- Browsers in which somebody signed in. `cookie` is the hash of what the browser holds.
CREATE TABLE device (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cookie BLOB NOT NULL UNIQUE,
    user_agent TEXT NOT NULL,
    address TEXT,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
);
CREATE INDEX device_by_seen ON device (seen_at);
CREATE TABLE device_account (
    device INTEGER NOT NULL,
    account INTEGER NOT NULL,
    signed_in_at INTEGER NOT NULL,
    UNIQUE (device, account)
);
CREATE INDEX device_account_by_account ON device_account (account);

CREATE TABLE passkey (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    credential BLOB NOT NULL UNIQUE,
    public_key BLOB NOT NULL,
    algorithm INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX passkey_by_account ON passkey (account);

-- Codes that were mailed to sign in with; `code` is a hash.
CREATE TABLE sign_in_code (
    account INTEGER NOT NULL UNIQUE,
    code BLOB NOT NULL,
    tries INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
