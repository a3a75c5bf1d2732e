-- +goose Up
-- A sheet from which licences are issued: looked at first, then begun once.
CREATE TABLE licences_batch (
    id         TEXT      PRIMARY KEY,
    type       TEXT      NOT NULL REFERENCES licences_type (id),
    account    TEXT      NOT NULL,
    issuer     TEXT      NOT NULL,
    file       TEXT      NOT NULL,  -- its name
    lines      BIGINT    NOT NULL,
    good       BIGINT    NOT NULL,  -- of them, that can be issued
    work       TEXT      NOT NULL,  -- that issues them; '' not begun
    made_at    TIMESTAMP NOT NULL
);
CREATE INDEX licences_batch_account ON licences_batch (account, id);

ALTER TABLE licences_line ADD COLUMN good BOOLEAN NOT NULL DEFAULT FALSE;

-- What a line said that was issued, and the licence it became; whoever issues
-- the line holds the row meanwhile.
CREATE TABLE licences_line_issued (
    content_key TEXT   PRIMARY KEY,
    licence     TEXT   NOT NULL,  -- identifier
    n           BIGINT NOT NULL
);
