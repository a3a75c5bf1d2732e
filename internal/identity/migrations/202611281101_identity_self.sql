-- +goose Up

-- What people had put right about themselves (个人信息保护法 art. 46): asked of a
-- clerk (identity), or done by themselves after signing in afresh (phone,
-- address: only that it was, never the values).
CREATE TABLE identity_correction (
    id           TEXT PRIMARY KEY,
    account      TEXT NOT NULL REFERENCES identity_account (id),
    what         TEXT NOT NULL, -- identity phone address
    name         TEXT NOT NULL, -- as it should be; '' stays
    id_no        TEXT NOT NULL, -- sealed; '' stays
    before_name  TEXT NOT NULL,
    before_id_no TEXT NOT NULL, -- sealed
    reason       TEXT NOT NULL,
    file         TEXT NOT NULL, -- id in the file store
    file_name    TEXT NOT NULL,
    division     TEXT NOT NULL, -- of residence: whose clerks decide; '' anybody's
    state        TEXT NOT NULL, -- asked done refused withdrawn
    register     TEXT NOT NULL, -- what the person register said: same other offline ''
    asked_at     TIMESTAMP NOT NULL,
    decided_by   TEXT NOT NULL,
    decided_at   TIMESTAMP,
    note         TEXT NOT NULL
);
CREATE INDEX identity_correction_account ON identity_correction (account, id);
CREATE INDEX identity_correction_waiting ON identity_correction (division, id) WHERE state = 'asked';
-- One question at a time.
CREATE UNIQUE INDEX identity_correction_one ON identity_correction (account) WHERE state = 'asked';

-- Accounts to be closed (注销) once the days are over in which it can be taken back.
CREATE TABLE identity_closing (
    id       TEXT PRIMARY KEY,
    account  TEXT NOT NULL REFERENCES identity_account (id),
    asked_at TIMESTAMP NOT NULL,
    due_at   TIMESTAMP NOT NULL,
    state    TEXT NOT NULL, -- asked withdrawn held done
    ended_at TIMESTAMP,
    note     TEXT NOT NULL  -- held: what was in the way
);
CREATE UNIQUE INDEX identity_closing_one ON identity_closing (account) WHERE state = 'asked';
CREATE INDEX identity_closing_due ON identity_closing (due_at) WHERE state = 'asked';
CREATE INDEX identity_closing_account ON identity_closing (account, id);

-- Both sides are told once when lent rights have run out.
ALTER TABLE identity_delegation ADD COLUMN over_told BOOLEAN NOT NULL DEFAULT FALSE;
