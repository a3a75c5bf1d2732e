-- +goose Up

-- What an applicant has put together for a correction or a supplement and not
-- handed in yet: photos taken on the telephone are there on any other device.
CREATE TABLE cases_reply (
    number      TEXT NOT NULL,
    account     TEXT NOT NULL,
    materials   TEXT NOT NULL,
    updated_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (number, account)
);
CREATE INDEX cases_reply_account ON cases_reply (account);
CREATE INDEX cases_reply_updated ON cases_reply (updated_at);

-- Drafts that nobody goes on with are removed; who began one is told before.
ALTER TABLE cases_draft ADD COLUMN warned_at TIMESTAMP;
CREATE INDEX cases_draft_updated ON cases_draft (updated_at);
