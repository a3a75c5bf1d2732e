-- +goose Up

-- Take-a-number machines (取号机). A pairing code is shown to the manager, typed
-- at the machine, and gone; what the machine then keeps is known here by its
-- hash only.
CREATE TABLE queue_device (
    id         TEXT PRIMARY KEY,
    outlet     TEXT NOT NULL,
    name       TEXT NOT NULL,
    code_hash  TEXT NOT NULL, -- '' once it was used
    code_until TIMESTAMP NOT NULL,
    token_hash TEXT NOT NULL, -- '' before
    made_at    TIMESTAMP NOT NULL,
    made_by    TEXT NOT NULL,
    paired_at  TIMESTAMP,
    ended_at   TIMESTAMP
);
CREATE INDEX queue_device_outlet ON queue_device (outlet, made_at);
CREATE INDEX queue_device_token ON queue_device (token_hash);
