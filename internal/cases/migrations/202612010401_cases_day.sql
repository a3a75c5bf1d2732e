-- +goose Up
-- Cases by the day on which they were submitted: what a manager of whole
-- counties counts over a span of days. The row of no day tells whether days
-- must be counted anew (n = 1), as they must here, and after the release before
-- noted a move without its day.
CREATE TABLE cases_day (
    submitted_on  TEXT NOT NULL,  -- as 2026-09-23, in Beijing
    receiving     TEXT NOT NULL,  -- county of the outlet, or the city
    competent     TEXT NOT NULL,  -- county of the agency that decides, or the city
    state         TEXT NOT NULL,
    n             BIGINT NOT NULL,
    PRIMARY KEY (submitted_on, receiving, competent, state)
);
INSERT INTO cases_day (submitted_on, receiving, competent, state, n) VALUES ('', '', '', '', 1);
ALTER TABLE cases_move ADD COLUMN submitted_on TEXT NOT NULL DEFAULT '';
