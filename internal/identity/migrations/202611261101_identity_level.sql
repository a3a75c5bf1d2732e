-- +goose Up

-- How and when somebody has proven who they are (实名核验), and until when it
-- holds. Never changed: a later proof is a row of its own.
CREATE TABLE identity_proof (
    id      TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES identity_account (id),
    method  TEXT NOT NULL, -- sms register card window face ca …
    level   BIGINT NOT NULL,
    at      TIMESTAMP NOT NULL,
    until   TIMESTAMP NOT NULL,
    by_whom TEXT NOT NULL, -- account of the clerk; '' the person alone
    detail  TEXT NOT NULL  -- request number, model, score; nothing personal
);
CREATE INDEX identity_proof_account ON identity_proof (account, at DESC, id DESC);

-- Until when an account holds each level: read with the account, so that a
-- request costs no further query. A proof of a level proves those below it.
ALTER TABLE identity_account ADD COLUMN level1_until TIMESTAMP;
ALTER TABLE identity_account ADD COLUMN level2_until TIMESTAMP;
ALTER TABLE identity_account ADD COLUMN level3_until TIMESTAMP;
ALTER TABLE identity_account ADD COLUMN level4_until TIMESTAMP;
