-- +goose Up
-- Keys of the software vault; private is wrapped (kit/sealed).
CREATE TABLE seals_key (
    handle  TEXT      PRIMARY KEY,
    private TEXT      NOT NULL,
    made_at TIMESTAMP NOT NULL
);

CREATE TABLE seals_certificate (
    id         TEXT      PRIMARY KEY,  -- SM3 of the DER, hex
    role       TEXT      NOT NULL,     -- root ca maker signer
    own        BOOLEAN   NOT NULL,     -- issued here; false: imported
    subject    TEXT      NOT NULL,
    issuer     TEXT      NOT NULL,
    serial     TEXT      NOT NULL,     -- hex
    parent     TEXT      NOT NULL,     -- id of the issuer's certificate; '' unknown, or itself
    from_at    TIMESTAMP NOT NULL,
    to_at      TIMESTAMP NOT NULL,
    handle     TEXT      NOT NULL,     -- key in the vault; '' not ours
    der        TEXT      NOT NULL,     -- base64
    made_at    TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    reason     TEXT      NOT NULL
);
CREATE INDEX seals_certificate_role ON seals_certificate (role, made_at);
CREATE INDEX seals_certificate_revoked ON seals_certificate (parent, revoked_at);

-- Keys for which a certificate is asked for from outside (PKCS#10).
CREATE TABLE seals_request (
    id      TEXT      PRIMARY KEY,
    role    TEXT      NOT NULL,   -- maker signer
    seal    TEXT      NOT NULL,   -- '' of the maker
    subject TEXT      NOT NULL,
    handle  TEXT      NOT NULL,
    der     TEXT      NOT NULL,   -- base64
    state   TEXT      NOT NULL,   -- asked answered
    made_by TEXT      NOT NULL,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX seals_request_state ON seals_request (state, made_at);

CREATE TABLE seals_seal (
    id             TEXT      PRIMARY KEY,
    es_id          TEXT      NOT NULL UNIQUE,  -- six digits of the division, seven of its own
    name           TEXT      NOT NULL,
    kind           TEXT      NOT NULL,         -- official special licence business person
    line           TEXT      NOT NULL,         -- below the star
    agency         TEXT      NOT NULL,
    agency_name    TEXT      NOT NULL,
    division       TEXT      NOT NULL,
    dept           TEXT      NOT NULL,
    picture        TEXT      NOT NULL,         -- PNG, base64
    width          BIGINT    NOT NULL,         -- mm
    height         BIGINT    NOT NULL,
    record_no      TEXT      NOT NULL,         -- of the public security organ
    from_on        TEXT      NOT NULL,
    until_on       TEXT      NOT NULL,         -- the last day
    custodian      TEXT      NOT NULL,         -- account
    custodian_name TEXT      NOT NULL,
    applied_by     TEXT      NOT NULL,         -- account
    state          TEXT      NOT NULL,
    handle         TEXT      NOT NULL,         -- key in the vault
    certificate    TEXT      NOT NULL,         -- seals_certificate.id
    esl            TEXT      NOT NULL,         -- the seal as made (SESeal), base64
    stopped_at     TIMESTAMP,                  -- since when it may not be used
    stop_reason    TEXT      NOT NULL,
    revision       BIGINT    NOT NULL,
    made_at        TIMESTAMP NOT NULL
);
CREATE INDEX seals_seal_division ON seals_seal (division, id);
CREATE INDEX seals_seal_agency ON seals_seal (agency, state);
CREATE INDEX seals_seal_state ON seals_seal (state, id);

CREATE TABLE seals_purpose (
    seal    TEXT NOT NULL REFERENCES seals_seal (id),
    agency  TEXT NOT NULL,
    purpose TEXT NOT NULL,   -- licence:<type> licence:* notice proof document
    PRIMARY KEY (seal, purpose)
);
CREATE INDEX seals_purpose_agency ON seals_purpose (agency, purpose);

CREATE TABLE seals_history (
    id         TEXT      PRIMARY KEY,
    seal       TEXT      NOT NULL REFERENCES seals_seal (id),
    move       TEXT      NOT NULL,
    to_state   TEXT      NOT NULL,
    account    TEXT      NOT NULL,
    name       TEXT      NOT NULL,
    reason     TEXT      NOT NULL,
    at         TIMESTAMP NOT NULL
);
CREATE INDEX seals_history_seal ON seals_history (seal, id);

-- Every use, and every one that was refused.
CREATE TABLE seals_use (
    id          TEXT      PRIMARY KEY,
    seal        TEXT      NOT NULL,   -- '' none was found
    seal_name   TEXT      NOT NULL,
    agency      TEXT      NOT NULL,
    division    TEXT      NOT NULL,
    dept        TEXT      NOT NULL,
    purpose     TEXT      NOT NULL,
    document    TEXT      NOT NULL,   -- id or name
    hash        TEXT      NOT NULL,   -- SM3 of Signature.xml, which names the digest of every file; '' not sealed
    place       TEXT      NOT NULL,   -- page and box of every stamp
    case_no     TEXT      NOT NULL,
    approval    TEXT      NOT NULL,
    account     TEXT      NOT NULL,
    name        TEXT      NOT NULL,
    result      TEXT      NOT NULL,   -- ok, or the code of the error
    at          TIMESTAMP NOT NULL
);
CREATE INDEX seals_use_seal ON seals_use (seal, id);
CREATE INDEX seals_use_division ON seals_use (division, id);
CREATE INDEX seals_use_hash ON seals_use (hash);
CREATE INDEX seals_use_case ON seals_use (case_no, id);

CREATE TABLE seals_number (
    division TEXT   PRIMARY KEY,   -- six digits
    n        BIGINT NOT NULL
);

-- The newest revocation list of each of our own issuers.
CREATE TABLE seals_crl (
    issuer  TEXT      PRIMARY KEY,  -- seals_certificate.id
    number  BIGINT    NOT NULL,
    der     TEXT      NOT NULL,     -- base64
    made_at TIMESTAMP NOT NULL
);
