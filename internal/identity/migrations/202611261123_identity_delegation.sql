-- +goose Up
-- Rights lent for a while to a colleague (临时委托授权): the deputy may what the
-- delegator may by the roles, as long as the delegator may it. Times are instants,
-- so that the request that comes after the last second has no right any more.
CREATE TABLE identity_delegation (
    id         TEXT PRIMARY KEY,
    delegator  TEXT NOT NULL REFERENCES identity_account (id),
    deputy     TEXT NOT NULL REFERENCES identity_account (id),
    roles      TEXT NOT NULL, -- names, separated by commas
    from_on    TEXT NOT NULL, -- both days included
    to_on      TEXT NOT NULL,
    begins_at  TIMESTAMP NOT NULL,
    ends_at    TIMESTAMP NOT NULL,
    reason     TEXT NOT NULL,
    state      TEXT NOT NULL, -- asked active refused ended
    agency     TEXT NOT NULL, -- of the delegator, for who authorises
    division   TEXT NOT NULL,
    asked_at   TIMESTAMP NOT NULL,
    decided_by TEXT NOT NULL, -- account
    decided_at TIMESTAMP,
    note       TEXT NOT NULL,
    ended_by   TEXT NOT NULL, -- account; '' it ended by itself
    ended_at   TIMESTAMP
);
CREATE INDEX identity_delegation_deputy ON identity_delegation (deputy, state, ends_at);
CREATE INDEX identity_delegation_delegator ON identity_delegation (delegator, ends_at);
CREATE INDEX identity_delegation_agency ON identity_delegation (agency, state, ends_at);
