-- +goose Up
-- The organisation: small, read by everybody, held in memory by each process.
-- org_version is its version: every edit adds one, in the same transaction.
CREATE TABLE org_version (
    id      BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO org_version (id, version) VALUES (1, 0);

CREATE TABLE org_division (
    code       TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    short_name TEXT NOT NULL,
    kind       TEXT NOT NULL,
    level      BIGINT NOT NULL,
    parent     TEXT NOT NULL,
    quasi      BOOLEAN NOT NULL,
    valid_from TEXT,
    valid_to   TEXT,
    successor  TEXT NOT NULL,
    trust      TEXT NOT NULL,
    source     TEXT NOT NULL
);

CREATE TABLE org_agency (
    code       TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    short_name TEXT NOT NULL,
    uscc       TEXT NOT NULL,
    dept       TEXT NOT NULL,
    division   TEXT NOT NULL,
    level      BIGINT NOT NULL,
    parent     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    phone      TEXT NOT NULL,
    complaint  TEXT NOT NULL,
    trust      TEXT NOT NULL,
    UNIQUE (division, dept)
);

CREATE TABLE org_outlet (
    code      TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    division  TEXT NOT NULL,
    address   TEXT NOT NULL,
    phone     TEXT NOT NULL,
    complaint TEXT NOT NULL,
    hours     TEXT NOT NULL, -- JSON [{days, open, close}]
    trust     TEXT NOT NULL
);

CREATE TABLE org_counter (
    id     TEXT PRIMARY KEY,
    outlet TEXT NOT NULL,
    no     TEXT NOT NULL,
    name   TEXT NOT NULL,
    kind   TEXT NOT NULL,
    UNIQUE (outlet, no)
);

CREATE TABLE org_post (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    duty TEXT NOT NULL
);

CREATE TABLE org_staff (
    id     TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    agency TEXT NOT NULL,
    outlet TEXT NOT NULL,
    post   TEXT NOT NULL,
    active BOOLEAN NOT NULL
);
CREATE INDEX org_staff_agency ON org_staff (agency, id);
CREATE INDEX org_staff_outlet ON org_staff (outlet, id);

CREATE TABLE org_delegation (
    id         TEXT PRIMARY KEY,
    from_staff TEXT NOT NULL,
    to_staff   TEXT NOT NULL,
    from_date  TEXT NOT NULL,
    to_date    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX org_delegation_to ON org_delegation (to_staff, to_date);
CREATE INDEX org_delegation_from ON org_delegation (from_staff, to_date);

CREATE TABLE org_calendar_day (
    division TEXT NOT NULL, -- '' amends the national calendar
    day      TEXT NOT NULL,
    is_off   BOOLEAN NOT NULL,
    name     TEXT NOT NULL,
    notice   TEXT NOT NULL,
    PRIMARY KEY (division, day)
);
