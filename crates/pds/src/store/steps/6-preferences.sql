-- What apps keep for an account that is nobody else's business: a JSON list.
CREATE TABLE preferences (
    account INTEGER NOT NULL UNIQUE,
    list TEXT NOT NULL
);
