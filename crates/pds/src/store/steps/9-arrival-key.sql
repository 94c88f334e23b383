-- The key that the DID's document named when the account arrived from another server, as a did:key.
ALTER TABLE account ADD COLUMN arrival_key TEXT;
