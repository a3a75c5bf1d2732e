-- +goose Up
-- Somebody asks for an electronic proof. Who they are is known by their account;
-- neither number nor phone is kept here.
CREATE TABLE proofs_request (
    id           TEXT      PRIMARY KEY,
    number       TEXT      NOT NULL UNIQUE,
    proof        TEXT      NOT NULL,  -- number on the list
    proof_name   TEXT      NOT NULL,
    type         TEXT      NOT NULL,  -- of the licence that is issued
    account      TEXT      NOT NULL,
    purpose      TEXT      NOT NULL,
    recipient    TEXT      NOT NULL,  -- to whom it will be shown
    detail       TEXT      NOT NULL,
    state        TEXT      NOT NULL,  -- asked checking checked issued refused withdrawn
    open         BIGINT    NOT NULL,  -- 1 until it is decided
    agency       TEXT      NOT NULL,  -- that issues
    agency_name  TEXT      NOT NULL,
    dept         TEXT      NOT NULL,
    division     TEXT      NOT NULL,  -- of the agency
    village      TEXT      NOT NULL,  -- division in which the person lives
    due_on       TEXT      NOT NULL,
    question     TEXT      NOT NULL,  -- to those who know the facts on the spot
    answer       TEXT      NOT NULL,
    checker_name TEXT      NOT NULL,
    handler_name TEXT      NOT NULL,
    reason       TEXT      NOT NULL,  -- of a refusal
    identifier   TEXT      NOT NULL,  -- of the licence
    made_at      TIMESTAMP NOT NULL,
    decided_at   TIMESTAMP
);
CREATE INDEX proofs_request_open ON proofs_request (open DESC, due_on, id);
CREATE INDEX proofs_request_account ON proofs_request (account, made_at DESC);
-- One open request of a proof at a time.
CREATE UNIQUE INDEX proofs_request_one ON proofs_request (account, proof) WHERE open = 1;

CREATE TABLE proofs_request_number (
    year BIGINT PRIMARY KEY,
    n    BIGINT NOT NULL
);
