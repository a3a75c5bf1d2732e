-- +goose Up

-- One thing that somebody was told. account '' is a person without an account,
-- who is told by SMS alone. key names the cause: it is told once.
CREATE TABLE messages_message (
    id         TEXT PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    account    TEXT NOT NULL,
    template   TEXT NOT NULL,
    title      TEXT NOT NULL,
    text       TEXT NOT NULL,
    link       TEXT NOT NULL,
    about      TEXT NOT NULL,
    required   BOOLEAN NOT NULL,
    fresh      BIGINT NOT NULL, -- 1 until it is opened; a number, because lists sort by it
    hidden     BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    read_at    TIMESTAMP
);
CREATE INDEX messages_message_box ON messages_message (account, hidden, fresh, created_at, id);
CREATE INDEX messages_message_age ON messages_message (created_at);

-- How many of an account are unread, kept on write: every page shows it.
CREATE TABLE messages_unread (
    account TEXT PRIMARY KEY,
    n       BIGINT NOT NULL
);

-- How somebody wants to be told, and the mail address they have proven theirs.
CREATE TABLE messages_preference (
    account    TEXT PRIMARY KEY,
    sms        BOOLEAN NOT NULL,
    mail       BOOLEAN NOT NULL,
    address    TEXT NOT NULL,
    pending    TEXT NOT NULL,   -- address that waits for its code
    code       TEXT NOT NULL,   -- hash of it
    tries      BIGINT NOT NULL,
    asked_at   TIMESTAMP,
    updated_at TIMESTAMP NOT NULL
);

-- Words of a template as an administrator wrote them; version 0 is shipped.
CREATE TABLE messages_template (
    key      TEXT NOT NULL,
    version  BIGINT NOT NULL,
    title    TEXT NOT NULL,
    text     TEXT NOT NULL,
    sms      TEXT NOT NULL,
    subject  TEXT NOT NULL,
    mail     TEXT NOT NULL,
    sms_on   BOOLEAN NOT NULL,
    mail_on  BOOLEAN NOT NULL,
    note     TEXT NOT NULL,
    by_id    TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    saved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (key, version)
);
