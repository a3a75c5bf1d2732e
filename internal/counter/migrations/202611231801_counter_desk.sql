-- +goose Up

-- A person being served: what a page's address may name instead of a document
-- number. Rows live for minutes.
CREATE TABLE counter_visit (
    id          TEXT PRIMARY KEY,
    account     TEXT NOT NULL,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    id_type     TEXT NOT NULL,
    id_no       TEXT NOT NULL,
    phone       TEXT NOT NULL,
    how         TEXT NOT NULL,
    case_number TEXT NOT NULL,
    started_at  TIMESTAMP NOT NULL,
    seen_at     TIMESTAMP NOT NULL
);
CREATE INDEX counter_visit_seen ON counter_visit (seen_at);
CREATE INDEX counter_visit_account ON counter_visit (account, started_at DESC);

-- A card reader that a clerk has connected: only the hash of its token is kept.
CREATE TABLE counter_reader (
    token_hash TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP
);
CREATE INDEX counter_reader_account ON counter_reader (account, created_at DESC);

-- What a window prints on, by counter, else by account.
CREATE TABLE counter_setting (
    place      TEXT PRIMARY KEY,
    paper      TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
