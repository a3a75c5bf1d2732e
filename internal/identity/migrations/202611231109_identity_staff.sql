-- +goose Up

-- The account of a member of staff, for those who stand in for them.
CREATE INDEX identity_account_staff ON identity_account (staff) WHERE staff <> '';
