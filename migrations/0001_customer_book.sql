-- The customer book. Moments are integer milliseconds since 1970 UTC; JSON columns hold the domain's own shapes and are
-- never queried inside. Numbered files are never edited after a release: a change is a new file.

-- A connected shop. Credentials are in the keychain, never here.
CREATE TABLE store (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    name               TEXT    NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> ''),
    platform           TEXT    NOT NULL,
    url                TEXT    NOT NULL,
    alias              TEXT,
    remote_store_id    TEXT,
    email              TEXT,
    auth_header        TEXT,
    -- Whose store the credentials opened when it was connected. Edits are sent only where this matches.
    account            TEXT    NOT NULL,
    state              TEXT    NOT NULL CHECK (state IN ('first_pass', 'ready', 'sign_in_needed', 'offline', 'refused')),
    state_reason       TEXT,
    sample             INTEGER NOT NULL DEFAULT 0 CHECK (sample IN (0, 1)),
    customers_at_store INTEGER,
    -- When the last complete pass ended, by this machine's clock: for people only.
    in_step_at         INTEGER,
    -- The store's own time at the start of the last complete pass: where the next incremental one begins, less the overlap.
    changes_since      INTEGER,
    last_pass_ms       INTEGER NOT NULL DEFAULT 0,
    -- When the last full pass ended, by this machine's clock.
    full_pass_at       INTEGER,
    connected_at       INTEGER NOT NULL
) STRICT;

-- A customer as people see it: the mirror with edits laid over, in the columns that lists show, filter and sort.
CREATE TABLE customer (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id          INTEGER NOT NULL REFERENCES store (id),
    remote_id         TEXT    NOT NULL,
    state             TEXT    NOT NULL CHECK (state IN ('clean', 'edited', 'sending', 'conflict', 'parked', 'gone')),
    name              TEXT    NOT NULL,
    sort_name         TEXT    NOT NULL,
    company           TEXT,
    email             TEXT,
    phone             TEXT,
    phone_e164        TEXT,
    document          TEXT,
    city              TEXT,
    region            TEXT,
    country           TEXT,
    role              TEXT,
    segment           TEXT,
    is_active         INTEGER CHECK (is_active IN (0, 1)),
    email_verified    INTEGER CHECK (email_verified IN (0, 1)),
    accepts_marketing INTEGER CHECK (accepts_marketing IN (0, 1)),
    orders_count      INTEGER,
    -- Exact decimal text, and the same in millionths for sorting.
    total_spent       TEXT,
    total_spent_micro INTEGER,
    currency          TEXT,
    last_order_at     INTEGER,
    created_at        INTEGER,
    updated_at        INTEGER,
    has_note          INTEGER NOT NULL DEFAULT 0 CHECK (has_note IN (0, 1)),
    UNIQUE (store_id, remote_id)
) STRICT;

CREATE INDEX customer_by_name ON customer (sort_name, id);
CREATE INDEX customer_by_last_order ON customer (last_order_at, id);
CREATE INDEX customer_by_created ON customer (created_at, id);
CREATE INDEX customer_by_spent ON customer (total_spent_micro, id);
CREATE INDEX customer_by_state ON customer (state) WHERE state <> 'clean';

-- The customer as the store last showed it. Written from the store's answers only.
CREATE TABLE mirror (
    customer_id    INTEGER PRIMARY KEY REFERENCES customer (id) ON DELETE CASCADE,
    record         TEXT    NOT NULL,
    -- The store's clock when it showed this, where it told the time.
    shown_at       INTEGER,
    -- This machine's clock: for people only.
    seen_at        INTEGER NOT NULL,
    detail_seen_at INTEGER,
    -- Number of the last full pass that listed it.
    seen_pass      INTEGER NOT NULL DEFAULT 0,
    -- When the store first said that it does not exist.
    missing_since  INTEGER
) STRICT;

-- A field changed by a person, with what it began from, until the store confirms it. Never deleted together with anything
-- else: a customer with edits cannot be removed.
CREATE TABLE edit (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id     INTEGER NOT NULL REFERENCES customer (id),
    field           TEXT    NOT NULL,
    base            TEXT    NOT NULL,
    mine            TEXT    NOT NULL,
    -- What the store has instead, in a conflict.
    theirs          TEXT,
    state           TEXT    NOT NULL CHECK (state IN ('pending', 'sending', 'conflict', 'parked')),
    -- Grows with every change of `mine`, so that a confirmation of an older text does not confirm a newer one.
    generation      INTEGER NOT NULL DEFAULT 1,
    sent_generation INTEGER,
    sent            TEXT,
    -- The store's clock when it was sent.
    sent_at         INTEGER,
    tries           INTEGER NOT NULL DEFAULT 0,
    -- Why it is parked: a code of ours, and the store's words.
    reason_code     TEXT,
    reason          TEXT,
    author          TEXT    NOT NULL DEFAULT '',
    saved_at        INTEGER NOT NULL,
    UNIQUE (customer_id, field),
    CHECK ((state = 'sending') = (sent_generation IS NOT NULL)),
    CHECK (state <> 'parked' OR reason_code IS NOT NULL)
) STRICT;

CREATE INDEX edit_by_state ON edit (state);

-- Dated notes with their author, kept here.
CREATE TABLE journal_entry (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    author      TEXT    NOT NULL,
    text        TEXT    NOT NULL CHECK (text <> ''),
    written_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX journal_entry_by_customer ON journal_entry (customer_id, written_at);

-- What changed, where it came from, and both values. One row for each visible change.
CREATE TABLE history (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    at          INTEGER NOT NULL,
    source      TEXT    NOT NULL CHECK (source IN
                    ('here', 'store', 'merged', 'decided', 'altered_by_store', 'refused', 'sent', 'discarded')),
    field       TEXT    NOT NULL,
    before      TEXT    NOT NULL,
    after       TEXT    NOT NULL
) STRICT;

CREATE INDEX history_by_customer ON history (customer_id, id);

-- A pass over a store's list that has not reached its end. Its position is committed together with the page before it.
CREATE TABLE pass (
    store_id       INTEGER PRIMARY KEY REFERENCES store (id) ON DELETE CASCADE,
    kind           TEXT    NOT NULL CHECK (kind IN ('first_pass', 'changes', 'full_pass')),
    -- Every full pass has a number of its own; customers remember the last one that listed them.
    number         INTEGER NOT NULL,
    position       TEXT,
    -- The store's clock when the pass began; null until its first answer.
    began_at_store INTEGER,
    began_at       INTEGER NOT NULL,
    listed         INTEGER NOT NULL DEFAULT 0
) STRICT;

-- People erased here on their word, as keyed hashes: a late page must not bring them back.
CREATE TABLE suppressed (
    store_id INTEGER NOT NULL REFERENCES store (id) ON DELETE CASCADE,
    hash     BLOB    NOT NULL,
    PRIMARY KEY (store_id, hash)
) STRICT, WITHOUT ROWID;

-- What a store last said about its customers as a whole, as JSON.
CREATE TABLE store_figures (
    store_id INTEGER PRIMARY KEY REFERENCES store (id) ON DELETE CASCADE,
    figures  TEXT    NOT NULL,
    said_at  INTEGER NOT NULL
) STRICT;

-- Settings of this desk.
CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Files with personal data that left the book.
CREATE TABLE export_entry (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    exported_at INTEGER NOT NULL,
    author      TEXT    NOT NULL,
    path        TEXT    NOT NULL,
    rows        INTEGER NOT NULL,
    what        TEXT    NOT NULL
) STRICT;

-- Folded text for search; the two indexes below read it. `words`: names, e-mail, note, journal, numbers, found by the
-- beginnings of words. `pieces`: e-mail, phone and document digits, found by any three characters.
CREATE TABLE search_text (
    customer_id INTEGER PRIMARY KEY REFERENCES customer (id) ON DELETE CASCADE,
    words       TEXT NOT NULL,
    pieces      TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE search_words USING fts5 (
    words,
    content = 'search_text', content_rowid = 'customer_id',
    tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
);

CREATE VIRTUAL TABLE search_pieces USING fts5 (
    pieces,
    content = 'search_text', content_rowid = 'customer_id',
    tokenize = 'trigram'
);

CREATE TRIGGER search_text_inserted AFTER INSERT ON search_text BEGIN
    INSERT INTO search_words (rowid, words) VALUES (new.customer_id, new.words);
    INSERT INTO search_pieces (rowid, pieces) VALUES (new.customer_id, new.pieces);
END;

CREATE TRIGGER search_text_deleted AFTER DELETE ON search_text BEGIN
    INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.customer_id, old.words);
    INSERT INTO search_pieces (search_pieces, rowid, pieces) VALUES ('delete', old.customer_id, old.pieces);
END;

CREATE TRIGGER search_text_updated AFTER UPDATE ON search_text BEGIN
    INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.customer_id, old.words);
    INSERT INTO search_pieces (search_pieces, rowid, pieces) VALUES ('delete', old.customer_id, old.pieces);
    INSERT INTO search_words (rowid, words) VALUES (new.customer_id, new.words);
    INSERT INTO search_pieces (rowid, pieces) VALUES (new.customer_id, new.pieces);
END;

-- Deleted text leaves the index at once instead of at some later merge: an erased person must not stay in the file.
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
INSERT INTO search_pieces (search_pieces, rank) VALUES ('secure-delete', 1);
