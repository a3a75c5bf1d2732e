-- +goose Up

-- The processes that work, while they do: each counts on every few seconds. One
-- whose count stands still has died, and the others take back what it ran.
CREATE TABLE jobs_process (
    id   TEXT PRIMARY KEY,
    beat BIGINT NOT NULL
);
