-- +goose Up
-- The page of a case tells that what it granted was revoked.
CREATE INDEX proofs_revocation_case ON proofs_revocation (case_number);
