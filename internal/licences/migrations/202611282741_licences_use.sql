-- +goose Up
-- A licence is used where a paper would have been handed in: the holder's consent,
-- for one case and one material, and what became of it. A row of
-- licences_licence is one version and never changes what it says, so that the
-- licence as it was used can be read ever after.
CREATE TABLE licences_use (
    id             TEXT      PRIMARY KEY,
    licence        TEXT      NOT NULL REFERENCES licences_licence (id),
    case_number    TEXT      NOT NULL,  -- of the draft, which its case keeps
    material       TEXT      NOT NULL,
    material_name  TEXT      NOT NULL,
    item           TEXT      NOT NULL,
    item_name      TEXT      NOT NULL,
    agency         TEXT      NOT NULL,  -- that decides; '' until the case is filed
    agency_name    TEXT      NOT NULL,
    purpose        TEXT      NOT NULL,
    way            TEXT      NOT NULL,  -- online card paper face code
    consented_by   TEXT      NOT NULL,  -- account; '' somebody at a window who has none
    consented_name TEXT      NOT NULL,
    witness        TEXT      NOT NULL,  -- clerk who saw it; '' online
    witness_name   TEXT      NOT NULL,
    consented_at   TIMESTAMP NOT NULL,
    used_at        TIMESTAMP,           -- when the case was filed
    withdrawn_at   TIMESTAMP            -- before it was
);
CREATE INDEX licences_use_case ON licences_use (case_number, id);
CREATE INDEX licences_use_licence ON licences_use (licence, id);
