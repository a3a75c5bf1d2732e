-- +goose Up

-- Tries to prove by face that one is there (人脸核验). The picture is never here.
CREATE TABLE assurance_face_try (
    id        TEXT PRIMARY KEY,
    account   TEXT NOT NULL,
    session   TEXT NOT NULL,
    moves     TEXT NOT NULL,   -- in their order: left,blink,down
    issued_at TIMESTAMP NOT NULL,
    ends_at   TIMESTAMP NOT NULL,
    used_at   TIMESTAMP,       -- NULL: still open
    result    TEXT NOT NULL,   -- '' while open or under way; ok, or what was wrong
    distance  BIGINT NOT NULL, -- to the register's photograph, in thousandths; 0 not compared
    model     TEXT NOT NULL
);

CREATE INDEX assurance_face_try_account ON assurance_face_try (account, issued_at);
CREATE INDEX assurance_face_try_issued ON assurance_face_try (issued_at);

-- What frames of the last day looked like, as a hash: a film that is played
-- again is known.
CREATE TABLE assurance_face_seen (
    hash    TEXT PRIMARY KEY,
    seen_at TIMESTAMP NOT NULL
);

CREATE INDEX assurance_face_seen_at ON assurance_face_seen (seen_at);
