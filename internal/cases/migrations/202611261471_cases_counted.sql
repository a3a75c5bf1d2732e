-- +goose Up
-- Newest first, as before, with what counts over a span of days ask for: read
-- from the index alone (Count, Totals, Uses).
CREATE INDEX cases_case_counted ON cases_case (submitted_at DESC, id DESC, state, item, receiving_division, competent_division, competent_agency, dept);
DROP INDEX cases_case_newest;
-- What waits to be filed away, oldest first (ArchiveClosed).
CREATE INDEX cases_case_closed ON cases_case (closed_at) WHERE state = 'closed';
