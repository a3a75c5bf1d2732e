-- +goose Up

-- What whoever takes over has counted and found: papers counted by hand (-1:
-- not counted, the sheet was confirmed before this was asked), and what does
-- not add up, in words.
ALTER TABLE queue_shift ADD COLUMN counted BIGINT NOT NULL DEFAULT -1;
ALTER TABLE queue_shift ADD COLUMN difference TEXT NOT NULL DEFAULT '';
