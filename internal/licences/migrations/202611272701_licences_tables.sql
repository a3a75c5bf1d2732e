-- +goose Up
CREATE TABLE licences_type (
    id       TEXT    PRIMARY KEY,  -- ZZ001, as items name it
    code     TEXT    NOT NULL,     -- two may share one: 林权类 is a kind of 不动产权证书
    assigned BOOLEAN NOT NULL,     -- the code is the city's own
    name     TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    category TEXT    NOT NULL,
    holder   TEXT    NOT NULL,     -- person enterprise both
    dept     TEXT    NOT NULL,
    one_only BOOLEAN NOT NULL,     -- a holder has one that is valid at most
    fields   TEXT    NOT NULL,     -- JSON: name, label, kind, required
    trust    TEXT    NOT NULL
);

-- number (an identity card has its holder's), holder_no and fields are sealed;
-- the keys find what is equal.
CREATE TABLE licences_licence (
    id            TEXT      PRIMARY KEY,
    identifier    TEXT      NOT NULL UNIQUE,
    type          TEXT      NOT NULL REFERENCES licences_type (id),
    number        TEXT      NOT NULL,
    number_key    TEXT      NOT NULL,
    holder_kind   TEXT      NOT NULL,
    holder_name   TEXT      NOT NULL,
    holder_no     TEXT      NOT NULL,
    holder_no_key TEXT      NOT NULL,
    issuer        TEXT      NOT NULL,
    issuer_name   TEXT      NOT NULL,
    issuer_code   TEXT      NOT NULL,
    issuer_dept   TEXT      NOT NULL,
    division      TEXT      NOT NULL,
    issued_on     TEXT      NOT NULL,
    from_on       TEXT      NOT NULL,
    to_on         TEXT      NOT NULL,  -- 9999-12-31: for good
    fields        TEXT      NOT NULL,
    trust         TEXT      NOT NULL,
    version       BIGINT    NOT NULL,
    flags         TEXT      NOT NULL,  -- departures of an imported identifier, separated by blanks
    state         TEXT      NOT NULL,  -- valid suspended withdrawn revoked cancelled replaced
    case_number   TEXT      NOT NULL,
    made_at       TIMESTAMP NOT NULL,
    revision      BIGINT    NOT NULL
);
CREATE UNIQUE INDEX licences_licence_number ON licences_licence (type, issuer, number_key, version);
CREATE INDEX licences_licence_holder ON licences_licence (holder_no_key, id);
CREATE INDEX licences_licence_name ON licences_licence (holder_name, id);
CREATE INDEX licences_licence_number_alone ON licences_licence (number_key);
CREATE INDEX licences_licence_issuer ON licences_licence (issuer, id);
CREATE INDEX licences_licence_division ON licences_licence (division, id);
CREATE INDEX licences_licence_type_id ON licences_licence (type, id);

-- Whoever issues one of which there may be one only holds this row meanwhile.
CREATE TABLE licences_one (
    type          TEXT   NOT NULL,
    holder_no_key TEXT   NOT NULL,
    n             BIGINT NOT NULL,
    PRIMARY KEY (type, holder_no_key)
);

CREATE TABLE licences_history (
    id       TEXT      PRIMARY KEY,
    licence  TEXT      NOT NULL REFERENCES licences_licence (id),
    act      TEXT      NOT NULL,  -- take_over renew suspend …
    was      TEXT      NOT NULL,
    becomes  TEXT      NOT NULL,
    reason   TEXT      NOT NULL,
    document TEXT      NOT NULL,  -- number of the decision it rests on
    by_name  TEXT      NOT NULL,
    account  TEXT      NOT NULL,
    at       TIMESTAMP NOT NULL
);
CREATE INDEX licences_history_licence ON licences_history (licence, id);
