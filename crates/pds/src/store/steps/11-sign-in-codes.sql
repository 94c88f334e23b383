-- Codes that were mailed to sign in with: one for each browser that asked, so that nobody takes
-- another's place. `browser` and `code` are hashes. Those under way are asked for again.
DROP TABLE sign_in_code;
CREATE TABLE sign_in_code (
    account INTEGER NOT NULL,
    browser BLOB NOT NULL,
    code BLOB NOT NULL,
    tries INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX sign_in_code_by_browser ON sign_in_code (account, browser);
