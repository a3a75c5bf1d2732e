-- +goose Up

-- One application (办件). What lists show and filter by is here; what only the
-- page of the case needs is in cases_content.
CREATE TABLE cases_case (
    id                  TEXT PRIMARY KEY,
    number              TEXT NOT NULL UNIQUE,
    query_code          TEXT NOT NULL,
    state               TEXT NOT NULL,
    revision            BIGINT NOT NULL,
    item                TEXT NOT NULL,
    item_name           TEXT NOT NULL,
    version             BIGINT NOT NULL,
    kind                TEXT NOT NULL,
    accepted_by         TEXT NOT NULL,
    division            TEXT NOT NULL,
    division_name       TEXT NOT NULL,
    channel             TEXT NOT NULL,
    account             TEXT NOT NULL,
    submitted_by        TEXT NOT NULL,
    key_scope           TEXT,
    idempotency_key     TEXT,
    key_digest          TEXT,
    applicant_type      TEXT NOT NULL,
    applicant_name      TEXT NOT NULL,
    applicant_key       TEXT NOT NULL,
    applicant_id_type   TEXT NOT NULL,
    applicant_id_no     TEXT NOT NULL,
    applicant_phone     TEXT NOT NULL,
    receiving_outlet    TEXT NOT NULL,
    receiving_name      TEXT NOT NULL,
    receiving_division  TEXT NOT NULL,
    competent_agency    TEXT NOT NULL,
    competent_name      TEXT NOT NULL,
    competent_division  TEXT NOT NULL,
    dept                TEXT NOT NULL,
    deliver             TEXT NOT NULL,
    deliver_code        TEXT NOT NULL,
    deliver_name        TEXT NOT NULL,
    deliver_division    TEXT NOT NULL,
    deliver_address     TEXT NOT NULL,
    submitted_at        TIMESTAMP NOT NULL,
    received_on         TEXT,
    receipt_due_on      TEXT,
    correction_from     TEXT,
    correction_days     BIGINT NOT NULL,
    correction_due_on   TEXT,
    corrections         BIGINT NOT NULL,
    accepted_on         TEXT,
    deemed              BOOLEAN NOT NULL,
    promise_n           BIGINT NOT NULL,
    promise_unit        TEXT NOT NULL,
    legal_n             BIGINT NOT NULL,
    legal_unit          TEXT NOT NULL,
    promise_due_on      TEXT,
    due_on              TEXT,
    decided_on          TEXT,
    outcome             TEXT NOT NULL,
    result_kind         TEXT NOT NULL,
    deferred_until      TEXT,
    closed_at           TIMESTAMP,
    instance            TEXT NOT NULL,
    history_len         BIGINT NOT NULL,
    sample              BOOLEAN NOT NULL,
    UNIQUE (key_scope, idempotency_key)
);

-- Newest first, by each way a viewer's right narrows the list.
CREATE INDEX cases_case_newest ON cases_case (submitted_at DESC, id DESC);
CREATE INDEX cases_case_receiving ON cases_case (receiving_division, submitted_at DESC, id DESC);
CREATE INDEX cases_case_agency ON cases_case (competent_agency, submitted_at DESC, id DESC);
CREATE INDEX cases_case_state ON cases_case (state, submitted_at DESC, id DESC);
CREATE INDEX cases_case_account ON cases_case (account, submitted_at DESC, id DESC) WHERE account <> '';
CREATE INDEX cases_case_applicant ON cases_case (applicant_key, submitted_at DESC, id DESC);
CREATE INDEX cases_case_item ON cases_case (item, submitted_at DESC, id DESC);
-- Open cases by deadline: lights, sweeps, and the recomputation after a change of calendar.
CREATE INDEX cases_case_due ON cases_case (state, due_on);

CREATE TABLE cases_content (
    case_id     TEXT PRIMARY KEY REFERENCES cases_case (id) ON DELETE CASCADE,
    agent       TEXT NOT NULL,
    answers     TEXT NOT NULL,
    form        TEXT NOT NULL,
    checklist   TEXT NOT NULL,
    correction  TEXT NOT NULL
);

CREATE TABLE cases_material (
    id             TEXT PRIMARY KEY,
    case_id        TEXT NOT NULL REFERENCES cases_case (id) ON DELETE CASCADE,
    material       TEXT NOT NULL,
    name           TEXT NOT NULL,
    way            TEXT NOT NULL,
    file           TEXT NOT NULL,
    file_name      TEXT NOT NULL,
    licence        TEXT NOT NULL,
    made_at        TIMESTAMP NOT NULL,
    superseded_at  TIMESTAMP
);
CREATE INDEX cases_material_case ON cases_material (case_id, id);

-- History is appended and never changed.
CREATE TABLE cases_history (
    case_id     TEXT NOT NULL REFERENCES cases_case (id) ON DELETE CASCADE,
    seq         BIGINT NOT NULL,
    revision    BIGINT NOT NULL,
    at          TIMESTAMP NOT NULL,
    verb        TEXT NOT NULL,
    from_state  TEXT NOT NULL,
    to_state    TEXT NOT NULL,
    who         TEXT NOT NULL,
    who_name    TEXT NOT NULL,
    agency      TEXT NOT NULL,
    opinion     TEXT NOT NULL,
    detail      TEXT NOT NULL,
    PRIMARY KEY (case_id, seq)
);

-- The clock of the promise is a ledger (domain.md §3.2): elapsed and remaining
-- days are computed from it.
CREATE TABLE cases_clock (
    case_id      TEXT NOT NULL REFERENCES cases_case (id) ON DELETE CASCADE,
    seq          BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    on_date      TEXT NOT NULL,
    reason       TEXT NOT NULL,
    document     TEXT NOT NULL,
    approved_by  TEXT NOT NULL,
    days         BIGINT NOT NULL,
    PRIMARY KEY (case_id, seq)
);

-- Documents (文书), each as it was on the day.
CREATE TABLE cases_notice (
    id        TEXT PRIMARY KEY,
    case_id   TEXT NOT NULL REFERENCES cases_case (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL,
    agency    TEXT NOT NULL,
    year      BIGINT NOT NULL,
    doc_no    TEXT NOT NULL,
    content   TEXT NOT NULL,
    made_at   TIMESTAMP NOT NULL,
    UNIQUE (agency, year, kind, doc_no)
);
CREATE INDEX cases_notice_case ON cases_notice (case_id, id);

-- The last number given out. The row is taken last in a transaction, so it is
-- held for no longer than a commit.
CREATE TABLE cases_sequence (
    agency  TEXT NOT NULL,
    year    BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    last    BIGINT NOT NULL,
    PRIMARY KEY (agency, year, kind)
);

-- How many cases stand in which state. Every change appends to cases_tally, so
-- that no two writers meet on a row; one job adds what was appended to
-- cases_count. Kind town: receiving and competent are towns; kind receiving:
-- the division of the outlet; kind agency: the competent agency.
CREATE TABLE cases_tally (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    receiving  TEXT NOT NULL,
    competent  TEXT NOT NULL,
    state      TEXT NOT NULL,
    n          BIGINT NOT NULL
);
CREATE TABLE cases_count (
    kind       TEXT NOT NULL,
    receiving  TEXT NOT NULL,
    competent  TEXT NOT NULL,
    state      TEXT NOT NULL,
    n          BIGINT NOT NULL,
    PRIMARY KEY (kind, receiving, competent, state)
);

-- Applications not sent yet: no cases, and nobody's business but the account's.
CREATE TABLE cases_draft (
    number      TEXT PRIMARY KEY,
    query_code  TEXT NOT NULL,
    account     TEXT NOT NULL,
    item        TEXT NOT NULL,
    item_name   TEXT NOT NULL,
    submission  TEXT NOT NULL,
    updated_at  TIMESTAMP NOT NULL
);
CREATE INDEX cases_draft_account ON cases_draft (account, updated_at DESC, number DESC);
