-- +goose Up
-- A look-up instead of a proof (数据核查): a register was asked whether what the
-- proof would say is so. Who it is about and what was answered are sealed; the
-- digest is of the answer as it came. Rows are appended; case_number is given to
-- one that was asked before the application had a number.
CREATE TABLE proofs_lookup (
    id            TEXT      PRIMARY KEY,
    case_number   TEXT      NOT NULL,  -- of the case or its draft; '' of a checklist that nobody filed
    material      TEXT      NOT NULL,
    material_name TEXT      NOT NULL,
    proof         TEXT      NOT NULL,  -- number on the list, ''
    item          TEXT      NOT NULL,
    item_name     TEXT      NOT NULL,
    source        TEXT      NOT NULL,  -- person licence enterprise ...
    source_name   TEXT      NOT NULL,
    question      TEXT      NOT NULL,  -- what was asked of it: types of licences
    ground        TEXT      NOT NULL,
    asked_by      TEXT      NOT NULL,  -- account
    asked_by_name TEXT      NOT NULL,
    unit          TEXT      NOT NULL,  -- outlet or agency of who asked; '' themselves
    agency_name   TEXT      NOT NULL,  -- that decides
    channel       TEXT      NOT NULL,
    account       TEXT      NOT NULL,  -- of the holder, ''
    name          TEXT      NOT NULL,
    id_no         TEXT      NOT NULL,
    id_no_key     TEXT      NOT NULL,
    result        TEXT      NOT NULL,  -- found not_found contradicts unreachable
    answer        TEXT      NOT NULL,
    digest        TEXT      NOT NULL,
    asked_at      TIMESTAMP NOT NULL
);
CREATE INDEX proofs_lookup_case ON proofs_lookup (case_number, material, id);
CREATE INDEX proofs_lookup_holder ON proofs_lookup (id_no_key, id);
