-- +goose Up

-- Since when it is known that the number registered is the account's: only
-- then does a code sent to it sign in. A number changed unproven is NULL.
ALTER TABLE identity_account ADD COLUMN phone_proven_at TIMESTAMP;
CREATE INDEX identity_account_phone ON identity_account (phone) WHERE phone <> '' AND phone_proven_at IS NOT NULL;
