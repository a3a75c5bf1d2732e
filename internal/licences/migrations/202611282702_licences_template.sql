-- +goose Up
-- How licences of a type look, each change a revision: at most one is a draft,
-- at most one in force.
CREATE TABLE licences_template (
    type      TEXT      NOT NULL REFERENCES licences_type (id),
    revision  BIGINT    NOT NULL,
    state     TEXT      NOT NULL,  -- draft in_force past
    body      TEXT      NOT NULL,  -- JSON
    saved_by  TEXT      NOT NULL,  -- account, and its name
    saver     TEXT      NOT NULL,
    saved_at  TIMESTAMP NOT NULL,
    forced_by TEXT      NOT NULL,  -- "" not yet
    forcer    TEXT      NOT NULL,
    forced_at TIMESTAMP,
    PRIMARY KEY (type, revision)
);
