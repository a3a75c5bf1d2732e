-- +goose Up
-- Until when something that others have lent an account (a delegation to a
-- deputy, a mandate to an agent, the level of who leads an enterprise) may count:
-- later, and where it is NULL, a request need not look for any. It gives nothing
-- by itself. What stands now is marked for good; that only costs a look.
ALTER TABLE identity_account ADD COLUMN lent_until TIMESTAMP;
UPDATE identity_account SET lent_until = '9999-01-01 00:00:00+00:00' WHERE id IN (SELECT deputy FROM identity_delegation WHERE state = 'active')
    OR id IN (SELECT agent FROM identity_mandate WHERE state = 'active')
    OR id IN (SELECT principal FROM identity_mandate WHERE state = 'active' AND kind = 'enterprise');
