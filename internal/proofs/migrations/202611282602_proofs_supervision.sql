-- +goose Up
-- A supervision order (监督单): somebody was asked for a proof that is off the
-- list. phone is sealed. agency is the organ it counts against; of an outlet that
-- asked without an item, the code of the outlet.
CREATE TABLE proofs_order (
    id           TEXT      PRIMARY KEY,
    number       TEXT      NOT NULL UNIQUE,
    code         TEXT      NOT NULL UNIQUE,  -- who has it may read the answer
    state        TEXT      NOT NULL,         -- reported accepted asked answered closed
    open         BIGINT    NOT NULL,         -- 1 until it is closed
    proof        TEXT      NOT NULL,         -- what was asked for
    detail       TEXT      NOT NULL,
    staff        TEXT      NOT NULL,         -- who asked, as it was told
    item         TEXT      NOT NULL,
    item_name    TEXT      NOT NULL,
    case_number  TEXT      NOT NULL,
    place        TEXT      NOT NULL,         -- where, in words
    division     TEXT      NOT NULL,         -- whose manager supervises
    agency       TEXT      NOT NULL,
    agency_name  TEXT      NOT NULL,
    account      TEXT      NOT NULL,         -- '' without account
    phone        TEXT      NOT NULL,
    photo        TEXT      NOT NULL,         -- file, or ''
    due_on       TEXT      NOT NULL,
    handler_name TEXT      NOT NULL,
    question     TEXT      NOT NULL,         -- to the organ
    reply        TEXT      NOT NULL,         -- of the organ
    finding      TEXT      NOT NULL,         -- '' confirmed unfounded
    answer       TEXT      NOT NULL,         -- to who reported it
    made_at      TIMESTAMP NOT NULL,
    closed_at    TIMESTAMP
);
CREATE INDEX proofs_order_open ON proofs_order (open DESC, due_on, id);
CREATE INDEX proofs_order_account ON proofs_order (account, made_at DESC);

CREATE TABLE proofs_order_step (
    id         TEXT      PRIMARY KEY,
    order_id   TEXT      NOT NULL REFERENCES proofs_order (id),
    at         TIMESTAMP NOT NULL,
    verb       TEXT      NOT NULL,  -- accept ask reply close
    actor_name TEXT      NOT NULL,
    text       TEXT      NOT NULL
);
CREATE INDEX proofs_order_step_order ON proofs_order_step (order_id, at, id);

-- Reports by organ, kept as orders are made and closed.
CREATE TABLE proofs_tally (
    agency      TEXT   PRIMARY KEY,
    agency_name TEXT   NOT NULL,
    division    TEXT   NOT NULL,
    reported    BIGINT NOT NULL,
    confirmed   BIGINT NOT NULL,
    unfounded   BIGINT NOT NULL
);

CREATE TABLE proofs_order_number (
    year BIGINT PRIMARY KEY,
    n    BIGINT NOT NULL
);
