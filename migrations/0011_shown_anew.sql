-- In a book of an older version nobody is in a group yet, and searched texts stand there twice. What people see of each customer is written
-- anew, a few at a time, while the program is open.
CREATE TABLE shown_anew (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    -- Number of the last customer that is done. No row: nothing is to do.
    until INTEGER NOT NULL
) STRICT;

INSERT INTO shown_anew (id, until) SELECT 1, 0 WHERE EXISTS (SELECT 1 FROM customer);
