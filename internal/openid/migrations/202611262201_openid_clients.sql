-- +goose Up

-- A department's system that asks us who somebody is, as it is in force.
CREATE TABLE openid_client (
	id           TEXT PRIMARY KEY,      -- client_id
	name         TEXT NOT NULL,
	realm        TEXT NOT NULL,         -- people | staff
	state        TEXT NOT NULL,         -- asked | active | disabled
	definition   TEXT NOT NULL,         -- JSON, see Definition
	secret_hash  TEXT NOT NULL,         -- SHA-256 of 256 random bits; '' none
	secret_at    TIMESTAMP,
	revision     BIGINT NOT NULL,
	created_at   TIMESTAMP NOT NULL,
	created_by   TEXT NOT NULL,
	updated_at   TIMESTAMP NOT NULL,
	last_used_at TIMESTAMP
);
CREATE INDEX openid_client_name ON openid_client (name, id);

-- What the system administrator asked for and the security administrator
-- said to it.
CREATE TABLE openid_change (
	id           TEXT PRIMARY KEY,
	client       TEXT NOT NULL,
	definition   TEXT NOT NULL,
	state        TEXT NOT NULL,         -- asked | authorised | declined
	asked_at     TIMESTAMP NOT NULL,
	asked_by     TEXT NOT NULL,
	asked_name   TEXT NOT NULL,
	decided_at   TIMESTAMP,
	decided_by   TEXT NOT NULL,
	decided_name TEXT NOT NULL,
	reason       TEXT NOT NULL
);
CREATE INDEX openid_change_client ON openid_change (client, id);

-- Keys that sign tokens. The private half is sealed with the key file.
CREATE TABLE openid_key (
	id         TEXT PRIMARY KEY,        -- kid
	public     TEXT NOT NULL,           -- JSON Web Key
	private    TEXT NOT NULL,           -- sealed, base64
	created_at TIMESTAMP NOT NULL,
	signs_at   TIMESTAMP NOT NULL       -- published before that
);

-- The name a person has before the systems of one sector. Random: two sectors
-- cannot find out that they speak of the same person.
CREATE TABLE openid_subject (
	sector  TEXT NOT NULL,
	account TEXT NOT NULL,
	subject TEXT NOT NULL,
	PRIMARY KEY (sector, account)
);
CREATE UNIQUE INDEX openid_subject_subject ON openid_subject (subject);

-- What a person lets a system have.
CREATE TABLE openid_consent (
	id           TEXT PRIMARY KEY,
	account      TEXT NOT NULL,
	client       TEXT NOT NULL,
	scopes       TEXT NOT NULL,         -- separated by blanks
	standing     BOOLEAN NOT NULL,      -- may act for the person later (token exchange)
	given_at     TIMESTAMP NOT NULL,
	withdrawn_at TIMESTAMP,
	used_at      TIMESTAMP,
	alarm_at     TIMESTAMP              -- a used refresh token came again
);
CREATE UNIQUE INDEX openid_consent_account ON openid_consent (account, client);

-- One authorisation: all tokens that come from it end with it.
CREATE TABLE openid_grant (
	id         TEXT PRIMARY KEY,
	family     TEXT NOT NULL,           -- id of the grant it was exchanged from, or its own
	client     TEXT NOT NULL,
	account    TEXT NOT NULL,
	subject    TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	audience   TEXT NOT NULL,           -- clients that may ask about its tokens
	session    TEXT NOT NULL,           -- sid
	epoch      BIGINT NOT NULL,         -- of the account: a changed password ends it
	level      BIGINT NOT NULL,         -- acr
	method     TEXT NOT NULL,           -- amr
	act        TEXT NOT NULL,           -- JSON of the act claim, '' nobody acts for the person
	auth_at    TIMESTAMP NOT NULL,
	created_at TIMESTAMP NOT NULL,
	expires_at TIMESTAMP NOT NULL,
	ended_at   TIMESTAMP,
	ended_why  TEXT NOT NULL
);
CREATE INDEX openid_grant_family ON openid_grant (family);
CREATE INDEX openid_grant_account ON openid_grant (account, id);
CREATE INDEX openid_grant_session ON openid_grant (session);
CREATE INDEX openid_grant_client ON openid_grant (client, id);
CREATE INDEX openid_grant_expires ON openid_grant (expires_at);

-- Codes, access and refresh tokens of grants, hashed.
CREATE TABLE openid_token (
	hash       TEXT PRIMARY KEY,
	kind       TEXT NOT NULL,           -- code | access | refresh
	grant_id   TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	redirect   TEXT NOT NULL,           -- of a code
	challenge  TEXT NOT NULL,           -- of a code: PKCE, S256
	nonce      TEXT NOT NULL,           -- of a code
	created_at TIMESTAMP NOT NULL,
	expires_at TIMESTAMP NOT NULL,
	used_at    TIMESTAMP
);
CREATE INDEX openid_token_expires ON openid_token (expires_at);

-- A person on the way through the pages.
CREATE TABLE openid_request (
	id         TEXT PRIMARY KEY,        -- hashed
	client     TEXT NOT NULL,
	asked      TEXT NOT NULL,           -- JSON, see request
	created_at TIMESTAMP NOT NULL,
	expires_at TIMESTAMP NOT NULL
);
CREATE INDEX openid_request_expires ON openid_request (expires_at);

-- A kiosk or television that waits for somebody to type its code.
CREATE TABLE openid_device (
	hash       TEXT PRIMARY KEY,        -- of the device code
	user_code  TEXT NOT NULL,           -- hashed
	client     TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	state      TEXT NOT NULL,           -- waiting | allowed | refused | done
	grant_id   TEXT NOT NULL,
	pause      BIGINT NOT NULL,         -- seconds between two questions
	asked_at   TIMESTAMP,
	created_at TIMESTAMP NOT NULL,
	expires_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX openid_device_user_code ON openid_device (user_code);
CREATE INDEX openid_device_expires ON openid_device (expires_at);

-- Numbers that must not come again: of signed assertions, of machines' tokens
-- that were taken back.
CREATE TABLE openid_spent (
	id         TEXT PRIMARY KEY,        -- kind and number, hashed
	expires_at TIMESTAMP NOT NULL
);
CREATE INDEX openid_spent_expires ON openid_spent (expires_at);
