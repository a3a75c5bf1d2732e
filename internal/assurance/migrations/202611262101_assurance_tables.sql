-- +goose Up

-- One-time codes sent by SMS. id is the hash of purpose, telephone and browser
-- session together, so that a code fits nothing else; neither the telephone nor
-- the code can be read from here.
CREATE TABLE assurance_code (
    id       TEXT PRIMARY KEY,
    code     TEXT NOT NULL,   -- hash
    tries    BIGINT NOT NULL,
    asked_at TIMESTAMP NOT NULL
);
CREATE INDEX assurance_code_age ON assurance_code (asked_at);

-- How often something was asked for: codes of a telephone, questions to the
-- person register. who is a hash.
CREATE TABLE assurance_pace (
    who     TEXT NOT NULL,
    slot    TEXT NOT NULL,
    n       BIGINT NOT NULL,
    last_at TIMESTAMP NOT NULL,
    PRIMARY KEY (who, slot)
);
CREATE INDEX assurance_pace_age ON assurance_pace (last_at);

-- The sample city's person register: invented people, as hashes of number and
-- name together.
CREATE TABLE assurance_person (id TEXT PRIMARY KEY);

CREATE TABLE assurance_passkey (
    id         TEXT PRIMARY KEY, -- the credential's id, base64url
    account    TEXT NOT NULL,
    name       TEXT NOT NULL,    -- as its owner calls it
    credential TEXT NOT NULL,    -- public key, counter and flags as JSON; nothing secret
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP,
    warned_at  TIMESTAMP         -- its counter went back: it may have been copied
);
CREATE INDEX assurance_passkey_account ON assurance_passkey (account, created_at);

-- The authenticator app of an account. step is the last time step whose code
-- was taken: no code is taken twice.
CREATE TABLE assurance_totp (
    account      TEXT PRIMARY KEY,
    secret       TEXT NOT NULL,
    step         BIGINT NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    confirmed_at TIMESTAMP
);
CREATE TABLE assurance_recovery (
    account TEXT NOT NULL,
    code    TEXT NOT NULL, -- hash
    used_at TIMESTAMP,
    PRIMARY KEY (account, code)
);

-- A sign-in on one device that waits for a yes on another. id is the hash of
-- what stands in the QR code, browser the hash of what the waiting browser
-- alone knows.
CREATE TABLE assurance_scan (
    id         TEXT PRIMARY KEY,
    browser    TEXT NOT NULL UNIQUE,
    agent      TEXT NOT NULL, -- what the waiting browser calls itself
    address    TEXT NOT NULL,
    next       TEXT NOT NULL,
    state      TEXT NOT NULL, -- waiting scanned confirmed refused used
    account    TEXT NOT NULL, -- whose phone opened it first
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX assurance_scan_age ON assurance_scan (created_at);
