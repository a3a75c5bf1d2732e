-- +goose Up
-- Who may act for whom (委托). Both sides agree: one proposes, the other
-- confirms, either ends it. principal is '' while a parent's proposal about a
-- child without an account waits for a window to see the household register;
-- child_name and child_id_no are kept for that only.
CREATE TABLE identity_mandate (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL, -- person family enterprise
    principal     TEXT NOT NULL, -- account
    agent         TEXT NOT NULL, -- account
    proposed_by   TEXT NOT NULL, -- account
    child_name    TEXT NOT NULL,
    child_id_no   TEXT NOT NULL,
    scope         TEXT NOT NULL, -- all items case
    items         TEXT NOT NULL, -- codes, separated by commas
    case_number   TEXT NOT NULL,
    from_on       TEXT NOT NULL,
    to_on         TEXT NOT NULL,
    purpose       TEXT NOT NULL,
    state         TEXT NOT NULL, -- proposed active declined ended
    created_at    TIMESTAMP NOT NULL,
    confirmed_at  TIMESTAMP,
    confirmed_by  TEXT NOT NULL,
    ended_at      TIMESTAMP,
    ended_by      TEXT NOT NULL
);
CREATE INDEX identity_mandate_agent ON identity_mandate (agent, created_at DESC, id DESC);
CREATE INDEX identity_mandate_principal ON identity_mandate (principal, created_at DESC, id DESC);
CREATE INDEX identity_mandate_child ON identity_mandate (child_id_no, state) WHERE child_id_no <> '';
