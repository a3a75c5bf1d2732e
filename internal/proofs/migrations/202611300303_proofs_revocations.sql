-- +goose Up
-- What is proposed when a promise on which something was granted was found
-- untrue: the head of the agency that decided revokes it, or does not.
CREATE TABLE proofs_revocation (
    id               TEXT      PRIMARY KEY,
    commitment       TEXT      NOT NULL UNIQUE REFERENCES proofs_commitment (id),
    case_number      TEXT      NOT NULL,
    licence          TEXT      NOT NULL,  -- identifier of the one that the case resulted in, ''
    state            TEXT      NOT NULL,  -- proposed suspended revoked kept
    proposed_by      TEXT      NOT NULL,
    proposed_by_name TEXT      NOT NULL,
    proposed_at      TIMESTAMP NOT NULL,
    decided_by_name  TEXT      NOT NULL,
    decided_at       TIMESTAMP,
    document         TEXT      NOT NULL,  -- number of the decision
    reason           TEXT      NOT NULL
);
