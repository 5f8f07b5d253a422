-- Records are kept compressed: they are more than half of the book. What is here stays as it is until it is written again; the first
-- byte of each tells which it is.
CREATE TABLE mirror_packed (
    customer_id    INTEGER PRIMARY KEY REFERENCES customer (id) ON DELETE CASCADE,
    record         BLOB    NOT NULL,
    -- The store's clock when it showed this, where it told the time.
    shown_at       INTEGER,
    -- This machine's clock: for people only.
    seen_at        INTEGER NOT NULL,
    detail_seen_at INTEGER,
    -- Number of the last full pass that listed it.
    seen_pass      INTEGER NOT NULL DEFAULT 0,
    -- When the store first said that it does not exist.
    missing_since  INTEGER,
    -- When the store first said that a customer does not exist, by its own clock (by this machine's, where a store tells no time).
    -- Only when it says so again after a while is the customer gone; until then people see it as before.
    missed_at      INTEGER
) STRICT;

INSERT INTO mirror_packed (customer_id, record, shown_at, seen_at, detail_seen_at, seen_pass, missing_since, missed_at)
SELECT customer_id, CAST(record AS BLOB), shown_at, seen_at, detail_seen_at, seen_pass, missing_since, missed_at FROM mirror;

DROP TABLE mirror;
ALTER TABLE mirror_packed RENAME TO mirror;
CREATE INDEX mirror_missed ON mirror (missed_at) WHERE missed_at IS NOT NULL;

-- The second copy has them as they are here: it is written anew at the next start. It may be one transaction ahead, if a program died
-- between the two files, so one number further would pass for being in step.
UPDATE second_copy SET number = number + 2;
