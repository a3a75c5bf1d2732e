-- +goose Up
-- Lists of accounts for those who manage them, and of the people of an agency.
CREATE INDEX identity_account_kind ON identity_account (kind, name_key);
CREATE INDEX identity_account_agency ON identity_account (agency, name_key) WHERE agency <> '';
CREATE INDEX identity_grant_agency ON identity_grant (agency, role) WHERE agency <> '';
