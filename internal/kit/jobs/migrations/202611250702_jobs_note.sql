-- +goose Up

-- What waits to be done together with others of its kind: written in the
-- transaction of its cause, removed in the transaction that does it, so that
-- the table stays as small as what is not done yet. The id grows with time.
CREATE TABLE jobs_note (
    id   TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    args TEXT NOT NULL
);
