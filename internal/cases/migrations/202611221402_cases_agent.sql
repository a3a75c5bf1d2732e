-- +goose Up

-- The account of an agent who filed the case for somebody else: theirs to
-- follow as it is the applicant's.
ALTER TABLE cases_case ADD COLUMN agent_account TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_case_agent ON cases_case (agent_account, submitted_at DESC, id DESC) WHERE agent_account <> '';

-- A condition on a parameter does not prove account <> '', so the index over
-- a part of the rows was of no use.
DROP INDEX cases_case_account;
CREATE INDEX cases_case_account ON cases_case (account, submitted_at DESC, id DESC);
