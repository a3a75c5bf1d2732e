-- +goose Up
-- Somebody shows a licence for some minutes. There is one code at a time, of
-- which only the SM3 is kept; recipient and purpose are sealed.
CREATE TABLE licences_showing (
    id        TEXT      PRIMARY KEY,
    licence   TEXT      NOT NULL REFERENCES licences_licence (id),
    account   TEXT      NOT NULL,  -- who shows it
    mode      TEXT      NOT NULL,  -- least all
    recipient TEXT      NOT NULL,
    purpose   TEXT      NOT NULL,
    made_at   TIMESTAMP NOT NULL,
    ends_at   TIMESTAMP NOT NULL,  -- no new code from then on
    code_no   BIGINT    NOT NULL,  -- how many there were
    code_key  TEXT      NOT NULL,  -- '' none yet
    lapses_at TIMESTAMP NOT NULL,  -- of the code
    read_at   TIMESTAMP            -- of the code: it is used up
);
CREATE INDEX licences_showing_code ON licences_showing (code_key);

-- Who read a code.
CREATE TABLE licences_reading (
    id          TEXT      PRIMARY KEY,
    licence     TEXT      NOT NULL REFERENCES licences_licence (id),
    showing     TEXT      NOT NULL REFERENCES licences_showing (id),
    code_key    TEXT      NOT NULL,
    mode        TEXT      NOT NULL,
    account     TEXT      NOT NULL,  -- '' not signed in
    reader      TEXT      NOT NULL,  -- name of staff; of a citizen masked
    agency      TEXT      NOT NULL,  -- of staff
    agency_name TEXT      NOT NULL,
    address     TEXT      NOT NULL,
    at          TIMESTAMP NOT NULL,
    until_at    TIMESTAMP NOT NULL   -- the same browser sees it again until then
);
CREATE INDEX licences_reading_licence ON licences_reading (licence, id);
CREATE INDEX licences_reading_showing ON licences_reading (showing, id);
