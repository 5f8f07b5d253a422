-- Every text that is searched stands in the file once: e-mails and documents were in `words` too, for its index.
ALTER TABLE search_text ADD COLUMN phones TEXT NOT NULL DEFAULT '';

DROP TRIGGER search_text_inserted;
DROP TRIGGER search_text_deleted;
DROP TRIGGER search_text_updated;
DROP TABLE search_words;
DROP TABLE search_pieces;

-- What each index reads. `words`: names, company, note, journal, phones as they are written. `pieces`: e-mail and documents. `phones`: every
-- spelling of a phone.
CREATE VIEW search_words_text (customer_id, words) AS
    SELECT customer_id, words || char(10) || pieces FROM search_text;
CREATE VIEW search_pieces_text (customer_id, pieces) AS
    SELECT customer_id, pieces || char(10) || phones FROM search_text;

CREATE VIRTUAL TABLE search_words USING fts5 (
    words,
    content = 'search_words_text', content_rowid = 'customer_id',
    tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
);

CREATE VIRTUAL TABLE search_pieces USING fts5 (
    pieces,
    content = 'search_pieces_text', content_rowid = 'customer_id',
    tokenize = 'trigram'
);

CREATE TRIGGER search_text_inserted AFTER INSERT ON search_text BEGIN
    INSERT INTO search_words (rowid, words) VALUES (new.customer_id, new.words || char(10) || new.pieces);
    INSERT INTO search_pieces (rowid, pieces) VALUES (new.customer_id, new.pieces || char(10) || new.phones);
END;

CREATE TRIGGER search_text_deleted AFTER DELETE ON search_text BEGIN
    INSERT INTO search_words (search_words, rowid, words)
        VALUES ('delete', old.customer_id, old.words || char(10) || old.pieces);
    INSERT INTO search_pieces (search_pieces, rowid, pieces)
        VALUES ('delete', old.customer_id, old.pieces || char(10) || old.phones);
END;

CREATE TRIGGER search_text_updated AFTER UPDATE ON search_text BEGIN
    INSERT INTO search_words (search_words, rowid, words)
        VALUES ('delete', old.customer_id, old.words || char(10) || old.pieces);
    INSERT INTO search_pieces (search_pieces, rowid, pieces)
        VALUES ('delete', old.customer_id, old.pieces || char(10) || old.phones);
    INSERT INTO search_words (rowid, words) VALUES (new.customer_id, new.words || char(10) || new.pieces);
    INSERT INTO search_pieces (rowid, pieces) VALUES (new.customer_id, new.pieces || char(10) || new.phones);
END;

-- Deleted text leaves the index at once instead of at some later merge: an erased person must not stay in the file.
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
INSERT INTO search_pieces (search_pieces, rank) VALUES ('secure-delete', 1);

INSERT INTO search_words (search_words) VALUES ('rebuild');
INSERT INTO search_pieces (search_pieces) VALUES ('rebuild');
