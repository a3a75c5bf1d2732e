-- +goose Up
-- Mobile number (手机号) for text messages about work; '' when none is given.
ALTER TABLE org_staff ADD COLUMN phone TEXT NOT NULL DEFAULT '';
