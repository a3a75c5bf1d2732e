-- +goose Up

-- What a clerk hands over at the end of a shift (交接班).
CREATE TABLE queue_shift (
    id             TEXT PRIMARY KEY,
    outlet         TEXT NOT NULL,
    division       TEXT NOT NULL,
    counter        TEXT NOT NULL,
    counter_no     TEXT NOT NULL,
    account        TEXT NOT NULL,
    name           TEXT NOT NULL,
    from_at        TIMESTAMP NOT NULL,
    to_at          TIMESTAMP NOT NULL,
    served         BIGINT NOT NULL,
    missed         BIGINT NOT NULL,
    held           TEXT NOT NULL, -- numbers still held at the counter
    drafts         BIGINT NOT NULL,
    papers         BIGINT NOT NULL,
    note           TEXT NOT NULL,
    confirmed_by   TEXT NOT NULL, -- '' until somebody has taken over
    confirmed_name TEXT NOT NULL,
    confirmed_at   TIMESTAMP
);
CREATE INDEX queue_shift_outlet ON queue_shift (outlet, to_at DESC, id DESC);

-- A paper of a case that is decided elsewhere than it was received (纸质材料).
CREATE TABLE queue_paper (
    id            TEXT PRIMARY KEY,
    case_number   TEXT NOT NULL,
    item_name     TEXT NOT NULL,
    material      TEXT NOT NULL,
    name          TEXT NOT NULL,
    handed_at     TIMESTAMP NOT NULL, -- by the applicant
    state         TEXT NOT NULL,      -- here | sent | received | missing
    from_outlet   TEXT NOT NULL,
    from_name     TEXT NOT NULL,
    from_division TEXT NOT NULL,
    to_agency     TEXT NOT NULL,
    to_name       TEXT NOT NULL,
    to_division   TEXT NOT NULL,
    to_dept       TEXT NOT NULL,
    bundle        TEXT NOT NULL,      -- the last it was in
    UNIQUE (case_number, material, handed_at)
);
CREATE INDEX queue_paper_here ON queue_paper (from_outlet, state, to_agency, handed_at, id);
CREATE INDEX queue_paper_bundle ON queue_paper (bundle, id);

-- Papers on their way together (交接单).
CREATE TABLE queue_bundle (
    id            TEXT PRIMARY KEY,
    number        TEXT NOT NULL UNIQUE,
    state         TEXT NOT NULL, -- sent | received
    from_outlet   TEXT NOT NULL,
    from_name     TEXT NOT NULL,
    from_division TEXT NOT NULL,
    to_agency     TEXT NOT NULL,
    to_name       TEXT NOT NULL,
    to_division   TEXT NOT NULL,
    to_dept       TEXT NOT NULL,
    way           TEXT NOT NULL, -- courier | self | post
    tracking      TEXT NOT NULL,
    note          TEXT NOT NULL,
    papers        BIGINT NOT NULL,
    missing       BIGINT NOT NULL,
    due_on        TEXT NOT NULL, -- should be there by
    sent_at       TIMESTAMP NOT NULL,
    sent_by       TEXT NOT NULL,
    sent_name     TEXT NOT NULL,
    received_at   TIMESTAMP,
    received_by   TEXT NOT NULL,
    received_name TEXT NOT NULL,
    difference    TEXT NOT NULL
);
CREATE INDEX queue_bundle_from ON queue_bundle (from_division, state, sent_at DESC, id DESC);
CREATE INDEX queue_bundle_to ON queue_bundle (to_division, state, sent_at DESC, id DESC);

-- What happened to a paper, appended and never changed.
CREATE TABLE queue_paper_event (
    paper    TEXT NOT NULL,
    seq      BIGINT NOT NULL,
    at       TIMESTAMP NOT NULL,
    act      TEXT NOT NULL,
    place    TEXT NOT NULL,
    bundle   TEXT NOT NULL,
    who      TEXT NOT NULL,
    who_name TEXT NOT NULL,
    PRIMARY KEY (paper, seq)
);
CREATE INDEX queue_paper_event_bundle ON queue_paper_event (bundle);
