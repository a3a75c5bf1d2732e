-- +goose Up
-- A commitment (告知承诺): an applicant promised instead of handing in a proof. The
-- text is what stood before them; who they are is sealed.
CREATE TABLE proofs_commitment (
    id            TEXT      PRIMARY KEY,
    case_number   TEXT      NOT NULL,
    material      TEXT      NOT NULL,  -- of the item
    material_name TEXT      NOT NULL,
    proof         TEXT      NOT NULL,  -- number on the list, ''
    item          TEXT      NOT NULL,
    item_name     TEXT      NOT NULL,
    text          TEXT      NOT NULL,
    text_version  BIGINT    NOT NULL,
    account       TEXT      NOT NULL,  -- of the applicant, ''
    name          TEXT      NOT NULL,  -- of the applicant
    id_no         TEXT      NOT NULL,
    id_no_key     TEXT      NOT NULL,
    given_by      TEXT      NOT NULL,  -- account that ticked it
    given_by_name TEXT      NOT NULL,
    channel       TEXT      NOT NULL,
    given_at      TIMESTAMP NOT NULL,
    agency        TEXT      NOT NULL,  -- that decides, and checks
    agency_name   TEXT      NOT NULL,
    dept          TEXT      NOT NULL,
    division      TEXT      NOT NULL,
    receiving     TEXT      NOT NULL,  -- division that received the case
    state         TEXT      NOT NULL,  -- given checked taken
    open          BIGINT    NOT NULL,  -- 1 until it has been checked or taken back
    due_on        TEXT      NOT NULL,
    finding       TEXT      NOT NULL,  -- '' true untrue unclear
    report        TEXT      NOT NULL,  -- what was found
    measures      TEXT      NOT NULL,  -- of an untrue one: what follows
    checker_name  TEXT      NOT NULL,
    checked_at    TIMESTAMP,
    barred_until  TEXT,                -- last day without commitments
    told          BIGINT    NOT NULL   -- 1 when somebody has heard that it is late
);
CREATE INDEX proofs_commitment_open ON proofs_commitment (open DESC, due_on, id);
CREATE INDEX proofs_commitment_case ON proofs_commitment (case_number, material);
CREATE INDEX proofs_commitment_barred ON proofs_commitment (id_no_key, barred_until) WHERE barred_until IS NOT NULL;

-- Commitments by organ, kept as they are given and checked.
CREATE TABLE proofs_commitment_tally (
    agency      TEXT   PRIMARY KEY,
    agency_name TEXT   NOT NULL,
    division    TEXT   NOT NULL,
    dept        TEXT   NOT NULL,
    given       BIGINT NOT NULL,
    checked     BIGINT NOT NULL,
    untrue      BIGINT NOT NULL,
    taken       BIGINT NOT NULL
);
