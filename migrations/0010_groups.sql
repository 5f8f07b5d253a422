-- The groups that a customer is in, one row for each: lists ask for everybody of one.
CREATE TABLE customer_group (
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL COLLATE NOCASE CHECK (name <> ''),
    PRIMARY KEY (name, customer_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX customer_group_by_customer ON customer_group (customer_id);
