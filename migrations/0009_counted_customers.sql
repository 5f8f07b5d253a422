-- How many customers every store has, and how many of them have each value of what filters offer: kept with every change, so that nobody
-- counts a million when a window opens. `field`: '' for all, or a column; `value`: '' or what stands in it. Gone customers do not count.
CREATE TABLE customer_count (
    store_id  INTEGER NOT NULL REFERENCES store (id) ON DELETE CASCADE,
    field     TEXT    NOT NULL CHECK (field IN ('', 'role', 'segment', 'is_active')),
    value     TEXT    NOT NULL,
    customers INTEGER NOT NULL,
    PRIMARY KEY (store_id, field, value)
) STRICT, WITHOUT ROWID;

-- One row for each thing that a customer counts for.
CREATE VIEW counted_customer (store_id, field, value) AS
    SELECT store_id, '', '' FROM customer WHERE is_gone = 0
    UNION ALL SELECT store_id, 'role', role FROM customer WHERE is_gone = 0 AND role IS NOT NULL
    UNION ALL SELECT store_id, 'segment', segment FROM customer WHERE is_gone = 0 AND segment IS NOT NULL
    UNION ALL SELECT store_id, 'is_active', CAST(is_active AS TEXT) FROM customer WHERE is_gone = 0 AND is_active IS NOT NULL;

INSERT INTO customer_count (store_id, field, value, customers)
SELECT store_id, field, value, count(*) FROM counted_customer GROUP BY 1, 2, 3;

CREATE TRIGGER customer_counted_in AFTER INSERT ON customer WHEN new.is_gone = 0 BEGIN
    INSERT INTO customer_count (store_id, field, value, customers) VALUES (new.store_id, '', '', 1)
        ON CONFLICT DO UPDATE SET customers = customers + 1;
    INSERT INTO customer_count (store_id, field, value, customers)
        SELECT new.store_id, 'role', new.role, 1 WHERE new.role IS NOT NULL
        ON CONFLICT DO UPDATE SET customers = customers + 1;
    INSERT INTO customer_count (store_id, field, value, customers)
        SELECT new.store_id, 'segment', new.segment, 1 WHERE new.segment IS NOT NULL
        ON CONFLICT DO UPDATE SET customers = customers + 1;
    INSERT INTO customer_count (store_id, field, value, customers)
        SELECT new.store_id, 'is_active', CAST(new.is_active AS TEXT), 1 WHERE new.is_active IS NOT NULL
        ON CONFLICT DO UPDATE SET customers = customers + 1;
END;

CREATE TRIGGER customer_counted_out AFTER DELETE ON customer WHEN old.is_gone = 0 BEGIN
    UPDATE customer_count SET customers = customers - 1 WHERE store_id = old.store_id AND field = '' AND value = '';
    UPDATE customer_count SET customers = customers - 1
        WHERE store_id = old.store_id AND field = 'role' AND value = old.role;
    UPDATE customer_count SET customers = customers - 1
        WHERE store_id = old.store_id AND field = 'segment' AND value = old.segment;
    UPDATE customer_count SET customers = customers - 1
        WHERE store_id = old.store_id AND field = 'is_active' AND value = CAST(old.is_active AS TEXT);
END;

CREATE TRIGGER customer_counted_anew AFTER UPDATE OF role, segment, is_active, is_gone ON customer
WHEN old.is_gone <> new.is_gone OR old.role IS NOT new.role OR old.segment IS NOT new.segment OR old.is_active IS NOT new.is_active
BEGIN
    UPDATE customer_count SET customers = customers - 1
        WHERE old.is_gone = 0 AND store_id = old.store_id AND field = '' AND value = '';
    UPDATE customer_count SET customers = customers - 1
        WHERE old.is_gone = 0 AND store_id = old.store_id AND field = 'role' AND value = old.role;
    UPDATE customer_count SET customers = customers - 1
        WHERE old.is_gone = 0 AND store_id = old.store_id AND field = 'segment' AND value = old.segment;
    UPDATE customer_count SET customers = customers - 1
        WHERE old.is_gone = 0 AND store_id = old.store_id AND field = 'is_active' AND value = CAST(old.is_active AS TEXT);
    INSERT INTO customer_count (store_id, field, value, customers) SELECT new.store_id, '', '', 1 WHERE new.is_gone = 0
        ON CONFLICT DO UPDATE SET customers = customers + 1;
    INSERT INTO customer_count (store_id, field, value, customers)
        SELECT new.store_id, 'role', new.role, 1 WHERE new.is_gone = 0 AND new.role IS NOT NULL
        ON CONFLICT DO UPDATE SET customers = customers + 1;
    INSERT INTO customer_count (store_id, field, value, customers)
        SELECT new.store_id, 'segment', new.segment, 1 WHERE new.is_gone = 0 AND new.segment IS NOT NULL
        ON CONFLICT DO UPDATE SET customers = customers + 1;
    INSERT INTO customer_count (store_id, field, value, customers)
        SELECT new.store_id, 'is_active', CAST(new.is_active AS TEXT), 1 WHERE new.is_gone = 0 AND new.is_active IS NOT NULL
        ON CONFLICT DO UPDATE SET customers = customers + 1;
END;
