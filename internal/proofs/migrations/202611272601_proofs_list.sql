-- +goose Up
-- The list of proofs (证明事项清单) as it is in force; document is the entry as
-- JSON, the columns are what is asked for.
CREATE TABLE proofs_entry (
    number       TEXT   PRIMARY KEY,
    place        BIGINT NOT NULL,   -- in the list
    name         TEXT   NOT NULL,
    origin       TEXT   NOT NULL,   -- first consulted kept added: how it came out of the clearance
    state        TEXT   NOT NULL,   -- kept cancelled replaced
    ways         TEXT   NOT NULL,   -- what stands in for it: licence data organ promise, by commas
    promise      TEXT   NOT NULL,   -- words of the promise
    document     TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    published_on TEXT   NOT NULL
);

-- Every version that was in force, with who proposed it and who published it.
CREATE TABLE proofs_version (
    number        TEXT      NOT NULL REFERENCES proofs_entry (number),
    n             BIGINT    NOT NULL,
    state         TEXT      NOT NULL,
    document      TEXT      NOT NULL,
    reason        TEXT      NOT NULL,
    author_name   TEXT      NOT NULL,
    reviewer_name TEXT      NOT NULL,
    published_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (number, n)
);

-- A change that somebody proposed; somebody else publishes or refuses it.
CREATE TABLE proofs_change (
    id            TEXT      PRIMARY KEY,
    number        TEXT      NOT NULL,
    base          BIGINT    NOT NULL,  -- version it was made from; 0 a new entry
    document      TEXT      NOT NULL,
    reason        TEXT      NOT NULL,
    state         TEXT      NOT NULL,  -- waiting published refused withdrawn
    author        TEXT      NOT NULL,
    author_name   TEXT      NOT NULL,
    made_at       TIMESTAMP NOT NULL,
    reviewer_name TEXT      NOT NULL,
    opinion       TEXT      NOT NULL,
    decided_at    TIMESTAMP
);
CREATE UNIQUE INDEX proofs_change_waiting ON proofs_change (number) WHERE state = 'waiting';
CREATE INDEX proofs_change_state ON proofs_change (state, made_at);
