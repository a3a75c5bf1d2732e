-- +goose Up

-- What an editor's page saves by itself, change after change, is one row of
-- the history as long as nobody else acts and the editor does not pause.
ALTER TABLE catalogue_act ADD COLUMN sitting BOOLEAN NOT NULL DEFAULT FALSE;  -- the next one may be added to it
ALTER TABLE catalogue_act ADD COLUMN edits TEXT NOT NULL DEFAULT '{}';        -- JSON: field → number of the edit that changed it last
