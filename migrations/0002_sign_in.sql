-- Where one sign-in opens one customer only, a store can have several. Their secrets are in the keychain, by place; here is
-- whom each opens, so that a renewed one takes the place of the old one. Stores with one sign-in for all customers have no row.
CREATE TABLE sign_in (
    store_id  INTEGER NOT NULL REFERENCES store (id) ON DELETE CASCADE,
    place     INTEGER NOT NULL CHECK (place >= 0),
    remote_id TEXT    NOT NULL,
    PRIMARY KEY (store_id, place),
    UNIQUE (store_id, remote_id)
) STRICT, WITHOUT ROWID;

-- The role of who is signed in, as the store last said it: what it may not do is told before anything is sent.
ALTER TABLE store ADD COLUMN signed_in_role TEXT;
