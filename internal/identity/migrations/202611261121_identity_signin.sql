-- +goose Up
-- What those who work here are bound to when they sign in (GB/T 22239 level 3).
ALTER TABLE identity_account ADD COLUMN seat TEXT NOT NULL DEFAULT '';                    -- the one session of staff: what it carries
ALTER TABLE identity_account ADD COLUMN shared BOOLEAN NOT NULL DEFAULT FALSE;            -- the demo's shared password: bound to nothing there
ALTER TABLE identity_account ADD COLUMN password_at TIMESTAMP;                            -- since when the password is the same
ALTER TABLE identity_account ADD COLUMN password_first BOOLEAN NOT NULL DEFAULT FALSE;    -- set by somebody else: to be changed at once
UPDATE identity_account SET password_at = created_at;

-- Passwords an account had before, as hashes: they do not come back.
CREATE TABLE identity_password (
    id      TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES identity_account (id),
    hash    TEXT NOT NULL,
    at      TIMESTAMP NOT NULL
);
CREATE INDEX identity_password_account ON identity_password (account, id);

-- Who signed in when, from where and how, for the account's own eyes. The audit
-- has the same for good.
CREATE TABLE identity_signin (
    id      TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES identity_account (id),
    at      TIMESTAMP NOT NULL,
    address TEXT NOT NULL,
    method  TEXT NOT NULL, -- password sms passkey demo …
    result  TEXT NOT NULL  -- ok, or the code of the refusal
);
CREATE INDEX identity_signin_account ON identity_signin (account, id);
CREATE INDEX identity_signin_age ON identity_signin (at);
