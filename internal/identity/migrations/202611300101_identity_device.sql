-- +goose Up

-- Browsers an account was signed in with: who signs in with another one is told
-- of to the account's owner. A browser is known again by a random cookie, of
-- which only a digest made with the account stands here: rows of two accounts do
-- not show that they were one browser.
CREATE TABLE identity_device (
    id       TEXT PRIMARY KEY,
    account  TEXT NOT NULL REFERENCES identity_account (id),
    token    TEXT NOT NULL,      -- digest of the account and the cookie; '' when it was removed
    agent    TEXT NOT NULL,      -- kind of machine and browser in words
    address  TEXT NOT NULL,      -- the part of the last one that is shown
    first_at TIMESTAMP NOT NULL,
    seen_at  TIMESTAMP NOT NULL, -- last sign-in
    gone_at  TIMESTAMP           -- removed by its owner
);
CREATE UNIQUE INDEX identity_device_token ON identity_device (token) WHERE token <> '';
CREATE INDEX identity_device_account ON identity_device (account, seen_at);
CREATE INDEX identity_device_age ON identity_device (seen_at);
