-- +goose Up

-- What is said at once for all outlets of a level within a division: one row
-- for the 1,453 villages of a city. Taking it back is noted, not deleted.
CREATE TABLE catalogue_area (
    id TEXT NOT NULL PRIMARY KEY,    -- in the order they were made
    item TEXT NOT NULL,              -- '': every item
    division TEXT NOT NULL,
    level BIGINT NOT NULL,
    place TEXT NOT NULL,
    hours TEXT NOT NULL,
    phone TEXT NOT NULL,
    counters TEXT NOT NULL,
    by_account TEXT NOT NULL,
    by_name TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    undone_by TEXT NOT NULL,
    undone_at TIMESTAMP NULL
);
CREATE INDEX catalogue_area_item ON catalogue_area (item, undone_at);
