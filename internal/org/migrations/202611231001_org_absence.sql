-- +goose Up

-- Leave (请假) of a member of staff, with who stands in. Confirmed, it has a row
-- in org_delegation, by which everybody else asks.
CREATE TABLE org_absence (
    id         TEXT PRIMARY KEY,
    staff      TEXT NOT NULL,
    substitute TEXT NOT NULL,
    agency     TEXT NOT NULL,
    from_date  TEXT NOT NULL,
    to_date    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    state      TEXT NOT NULL, -- asked, confirmed, refused, ended
    delegation TEXT NOT NULL,
    asked_at   TIMESTAMP NOT NULL,
    decided_by TEXT NOT NULL, -- name of whoever confirmed or refused it
    decided_at TIMESTAMP,
    note       TEXT NOT NULL
);
CREATE INDEX org_absence_agency ON org_absence (agency, to_date, id);
CREATE INDEX org_absence_staff ON org_absence (staff, to_date, id);
