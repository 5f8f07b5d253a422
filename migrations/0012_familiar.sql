-- How far the numbers of customers went, from time to time: who was known for long tells a store from another one that answers in its place
-- and brings in customers of its own.
CREATE TABLE familiar (
    store_id INTEGER NOT NULL REFERENCES store (id) ON DELETE CASCADE,
    at       INTEGER NOT NULL,
    -- The highest number of any customer then.
    until    INTEGER NOT NULL,
    PRIMARY KEY (store_id, at)
) STRICT, WITHOUT ROWID;
