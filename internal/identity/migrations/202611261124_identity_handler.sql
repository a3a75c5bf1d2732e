-- +goose Up
-- What somebody is to the enterprise they act for, and who appointed them.
ALTER TABLE identity_mandate ADD COLUMN role TEXT NOT NULL DEFAULT '';         -- enterprise: legal admin handler
ALTER TABLE identity_mandate ADD COLUMN appointed_by TEXT NOT NULL DEFAULT ''; -- account of the person
UPDATE identity_mandate SET role = 'handler' WHERE kind = 'enterprise';
