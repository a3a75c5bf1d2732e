-- +goose Up
-- rule (JSON): how licences of the type are numbered and how long they are valid.
ALTER TABLE licences_type ADD COLUMN rule TEXT NOT NULL DEFAULT '{}';
ALTER TABLE licences_type ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- What a type said before it was changed, and who changed it.
CREATE TABLE licences_type_version (
    type    TEXT      NOT NULL REFERENCES licences_type (id),
    version BIGINT    NOT NULL,
    content TEXT      NOT NULL,  -- JSON
    by_name TEXT      NOT NULL,
    account TEXT      NOT NULL,
    at      TIMESTAMP NOT NULL,
    PRIMARY KEY (type, version)
);

-- The last serial that an agency has given to a licence of a type in a year.
CREATE TABLE licences_serial (
    type   TEXT   NOT NULL,
    agency TEXT   NOT NULL,
    year   BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (type, agency, year)
);

-- A granted case whose result is a licence: one row a case, so one licence.
CREATE TABLE licences_order (
    case_number TEXT      PRIMARY KEY,
    id          TEXT      NOT NULL UNIQUE,  -- orders by time
    item_name   TEXT      NOT NULL,
    type        TEXT      NOT NULL,
    holder_name TEXT      NOT NULL,
    issuer      TEXT      NOT NULL,
    issuer_dept TEXT      NOT NULL,
    division    TEXT      NOT NULL,
    state       TEXT      NOT NULL,  -- waiting issued dropped
    reason      TEXT      NOT NULL,  -- why it waits, or why none was issued
    licence     TEXT      NOT NULL,  -- identifier, once issued
    at          TIMESTAMP NOT NULL,
    ended_at    TIMESTAMP
);
CREATE INDEX licences_order_issuer ON licences_order (issuer, state, id);
CREATE INDEX licences_order_division ON licences_order (division, state, id);

-- The lines of a sheet that is being issued. content is sealed, and emptied when
-- the line has been dealt with; content_key finds a line that came before.
CREATE TABLE licences_line (
    id          TEXT   PRIMARY KEY,
    batch       TEXT   NOT NULL,
    line        BIGINT NOT NULL,
    content     TEXT   NOT NULL,
    content_key TEXT   NOT NULL,
    licence     TEXT   NOT NULL
);
CREATE UNIQUE INDEX licences_line_batch ON licences_line (batch, line);
CREATE INDEX licences_line_content ON licences_line (content_key);
