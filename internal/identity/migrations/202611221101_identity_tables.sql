-- +goose Up
-- Accounts. id_no and phone are personal: never logged, masked on every page.
CREATE TABLE identity_account (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    name_key     TEXT NOT NULL UNIQUE, -- normalised, lower case
    kind         TEXT NOT NULL,        -- person enterprise staff system
    display_name TEXT NOT NULL,
    agency       TEXT NOT NULL,
    outlet       TEXT NOT NULL,
    division     TEXT NOT NULL,
    staff        TEXT NOT NULL,
    id_type      TEXT NOT NULL,
    id_no        TEXT NOT NULL,
    phone        TEXT NOT NULL,
    address      TEXT NOT NULL,
    legal_name   TEXT NOT NULL,
    password     TEXT NOT NULL,        -- argon2id; '' cannot sign in
    state        TEXT NOT NULL,        -- active disabled
    epoch        BIGINT NOT NULL,      -- sessions of an earlier epoch have ended
    created_at   TIMESTAMP NOT NULL,
    updated_at   TIMESTAMP NOT NULL
);
-- One account per person and per enterprise.
CREATE UNIQUE INDEX identity_account_document ON identity_account (id_type, id_no)
    WHERE kind IN ('person', 'enterprise') AND id_no <> '';

CREATE TABLE identity_grant (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES identity_account (id),
    role       TEXT NOT NULL,
    about      TEXT NOT NULL, -- competent receiving any
    div_from   TEXT NOT NULL, -- half-open range of division codes; '' is no bound
    div_to     TEXT NOT NULL,
    agency     TEXT NOT NULL,
    dept       TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (account, role, about, div_from, div_to, agency, dept)
);

CREATE TABLE identity_token (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES identity_account (id),
    hash       TEXT NOT NULL UNIQUE, -- SHA-256 of the token, hex
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);
CREATE INDEX identity_token_account ON identity_token (account, id);

-- Wrong passwords by account name, also by names nobody has. The name is kept
-- as a hash: people type passwords into the wrong field.
CREATE TABLE identity_failure (
    name_hash TEXT PRIMARY KEY,
    failures  BIGINT NOT NULL,
    last_at   TIMESTAMP NOT NULL
);
CREATE INDEX identity_failure_age ON identity_failure (last_at);
