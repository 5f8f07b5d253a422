-- Records of a list that could not be taken in: they could not be read, or an older version was shown. A list of changes does not
-- have them again, so each is asked for by its id until it has been.
CREATE TABLE left_out (
    store_id  INTEGER NOT NULL REFERENCES store (id) ON DELETE CASCADE,
    remote_id TEXT    NOT NULL,
    -- The store's clock when it was left out first (this machine's, where a store tells no time).
    since     INTEGER NOT NULL,
    -- How often it was asked for since, in vain.
    tries     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, remote_id)
) STRICT, WITHOUT ROWID;
