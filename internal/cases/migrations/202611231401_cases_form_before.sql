-- +goose Up

-- A form that a correction replaced, so that whoever reviews sees what changed.
CREATE TABLE cases_form_before (
    case_id      TEXT NOT NULL REFERENCES cases_case (id) ON DELETE CASCADE,
    revision     BIGINT NOT NULL, -- of the case before
    form         TEXT NOT NULL,
    replaced_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (case_id, revision)
);
