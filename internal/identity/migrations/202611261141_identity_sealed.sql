-- +goose Up

-- id_no and phone are sealed (kit/sealed); they are found, and one account per
-- document is held, by keyed indexes. Rows of before are sealed in the
-- background; until then they are found, and unique, as they were.
ALTER TABLE identity_account ADD COLUMN id_no_key TEXT NOT NULL DEFAULT '';
ALTER TABLE identity_account ADD COLUMN phone_key TEXT NOT NULL DEFAULT '';
DROP INDEX identity_account_document;
CREATE UNIQUE INDEX identity_account_document ON identity_account (id_type, id_no)
    WHERE kind IN ('person', 'enterprise') AND id_no <> '' AND id_no_key = '';
CREATE UNIQUE INDEX identity_account_document_key ON identity_account (id_type, id_no_key)
    WHERE kind IN ('person', 'enterprise') AND id_no_key <> '';
DROP INDEX identity_account_phone;
CREATE INDEX identity_account_phone ON identity_account (phone) WHERE phone <> '' AND phone_key = '' AND phone_proven_at IS NOT NULL;
CREATE INDEX identity_account_phone_key ON identity_account (phone_key) WHERE phone_key <> '' AND phone_proven_at IS NOT NULL;

ALTER TABLE identity_mandate ADD COLUMN child_id_no_key TEXT NOT NULL DEFAULT '';
DROP INDEX identity_mandate_child;
CREATE INDEX identity_mandate_child ON identity_mandate (child_id_no, state) WHERE child_id_no <> '' AND child_id_no_key = '';
CREATE INDEX identity_mandate_child_key ON identity_mandate (child_id_no_key, state) WHERE child_id_no_key <> '';
