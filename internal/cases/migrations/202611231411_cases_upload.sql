-- +goose Up

-- What was uploaded for a draft or a correction and may still belong to
-- nothing: swept when it is two days old and no case and no draft names it.
CREATE TABLE cases_upload (
    file     TEXT PRIMARY KEY,
    account  TEXT NOT NULL,
    made_at  TIMESTAMP NOT NULL
);
CREATE INDEX cases_upload_made ON cases_upload (made_at);
CREATE INDEX cases_material_file ON cases_material (file) WHERE file <> '';
