-- +goose Up
-- A change of a case's state, kept as one row until a job sums it up in
-- cases_count: it was six in cases_tally, which keeps what a filling sums up
-- itself. Towns are kept beside their divisions, so that a count needs no join.
CREATE TABLE cases_move (
    id              TEXT PRIMARY KEY,
    receiving       TEXT NOT NULL,  -- division of the outlet
    receiving_town  TEXT NOT NULL,
    competent_town  TEXT NOT NULL,
    agency          TEXT NOT NULL,  -- that decides
    from_state      TEXT NOT NULL,  -- '' of a new case
    to_state        TEXT NOT NULL
);
