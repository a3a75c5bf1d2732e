-- +goose Up

-- One message on its way by one channel. address is personal: masked on every
-- page, never logged. subject and text are what leaves, word for word, so that
-- a retry says the same.
CREATE TABLE messages_delivery (
    id         TEXT PRIMARY KEY,
    message    TEXT NOT NULL,
    template   TEXT NOT NULL,
    division   TEXT NOT NULL,
    channel    TEXT NOT NULL,
    state      TEXT NOT NULL,
    urgent     BOOLEAN NOT NULL,
    required   BOOLEAN NOT NULL,
    address    TEXT NOT NULL,
    subject    TEXT NOT NULL,
    text       TEXT NOT NULL,
    attempts   BIGINT NOT NULL,
    reason     TEXT NOT NULL,
    receipt    TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    due_at     TIMESTAMP NOT NULL,
    sent_at    TIMESTAMP
);
CREATE INDEX messages_delivery_all ON messages_delivery (created_at, id);
CREATE INDEX messages_delivery_state ON messages_delivery (state, created_at, id);
CREATE INDEX messages_delivery_channel ON messages_delivery (channel, state, created_at, id);

-- Counts of deliveries: every change appends, a job sums up, so that no two
-- writers meet on a row.
CREATE TABLE messages_tally (
    id       TEXT PRIMARY KEY,
    division TEXT NOT NULL,
    channel  TEXT NOT NULL,
    state    TEXT NOT NULL,
    n        BIGINT NOT NULL
);
CREATE TABLE messages_count (
    division TEXT NOT NULL,
    channel  TEXT NOT NULL,
    state    TEXT NOT NULL,
    n        BIGINT NOT NULL,
    PRIMARY KEY (division, channel, state)
);

-- How many text messages have left in an hour, and to one person in a day.
-- who is a hash of the number.
CREATE TABLE messages_pace (
    who     TEXT NOT NULL,
    slot    TEXT NOT NULL,
    n       BIGINT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    PRIMARY KEY (who, slot)
);
