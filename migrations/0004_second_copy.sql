-- Number of the last transaction whose rows are also in the second copy beside the book. What is typed exists nowhere else, so it is
-- kept in two files; the number tells at the next start whether they are in step.
CREATE TABLE second_copy (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL
) STRICT;

INSERT INTO second_copy (id, number) VALUES (1, 0);
