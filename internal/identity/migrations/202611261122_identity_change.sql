-- +goose Up
-- Changes of roles as the system administrator proposes them and the security
-- administrator authorises them; nothing takes effect before.
CREATE TABLE identity_change (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES identity_account (id),
    act        TEXT NOT NULL, -- give take
    role       TEXT NOT NULL,
    about      TEXT NOT NULL, -- as in identity_grant
    div_from   TEXT NOT NULL,
    div_to     TEXT NOT NULL,
    agency     TEXT NOT NULL,
    dept       TEXT NOT NULL,
    grant_id   TEXT NOT NULL, -- take: of which grant
    reason     TEXT NOT NULL,
    state      TEXT NOT NULL, -- asked done refused withdrawn
    asked_by   TEXT NOT NULL, -- account
    asked_at   TIMESTAMP NOT NULL,
    decided_by TEXT NOT NULL, -- account
    decided_at TIMESTAMP,
    note       TEXT NOT NULL
);
CREATE INDEX identity_change_state ON identity_change (state, id);
CREATE INDEX identity_change_account ON identity_change (account, id);
