-- When whatever was begun with an account was ended last: sessions, apps, browsers.
ALTER TABLE account ADD COLUMN ended_at INTEGER;

-- Nobody gets in to a group by a password, or by mail: an empty password is none.
UPDATE account SET password = '', email = NULL, email_confirmed_at = NULL
    WHERE id IN (SELECT account FROM group_account);
DELETE FROM app_password WHERE account IN (SELECT account FROM group_account);
DELETE FROM passkey WHERE account IN (SELECT account FROM group_account);
DELETE FROM refresh_token WHERE account IN (SELECT account FROM group_account);
DELETE FROM mailed_token WHERE account IN (SELECT account FROM group_account);
DELETE FROM sign_in_code WHERE account IN (SELECT account FROM group_account);
DELETE FROM device_account WHERE account IN (SELECT account FROM group_account);
DELETE FROM oauth_used_refresh WHERE session IN
    (SELECT id FROM oauth_session WHERE account IN (SELECT account FROM group_account));
DELETE FROM oauth_session WHERE account IN (SELECT account FROM group_account);
DELETE FROM oauth_request WHERE account IN (SELECT account FROM group_account);
