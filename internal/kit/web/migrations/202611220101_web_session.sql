-- +goose Up
CREATE TABLE web_session (
    token      TEXT      PRIMARY KEY,  -- SHA-256 of the cookie's value
    subject    TEXT      NOT NULL,     -- account bound to the session, '' before sign-in
    data       TEXT      NOT NULL,     -- values as JSON
    idle_until TIMESTAMP NOT NULL,     -- ends here unless used before
    expires_at TIMESTAMP NOT NULL,     -- ends here in any case
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX web_session_subject ON web_session (subject);
CREATE INDEX web_session_idle ON web_session (idle_until);

CREATE TABLE web_idempotency (
    id         TEXT      PRIMARY KEY,  -- SHA-256 of subject, method, path and key
    body_hash  TEXT      NOT NULL,     -- SHA-256 of what was asked
    status     BIGINT    NOT NULL,     -- of the stored answer; 0 while it is being made
    header     TEXT      NOT NULL,     -- Location and Content-Type as JSON
    body       TEXT      NOT NULL,     -- the stored answer, base64
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX web_idempotency_created ON web_idempotency (created_at);
