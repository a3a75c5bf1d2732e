-- +goose Up
-- A course is kept by the manager of a division and is about those who work in
-- it: from_code ≤ division of work < to_code ('' no bound).
CREATE TABLE training_course (
    id        TEXT      PRIMARY KEY,
    kind      TEXT      NOT NULL,  -- post business refresher
    title     TEXT      NOT NULL,
    about     TEXT      NOT NULL,
    months    BIGINT    NOT NULL,  -- a certificate is valid for so long
    division  TEXT      NOT NULL,
    from_code TEXT      NOT NULL,
    to_code   TEXT      NOT NULL,
    ended     BOOLEAN   NOT NULL,  -- no more sessions; certificates stay valid
    made_by   TEXT      NOT NULL,
    made_at   TIMESTAMP NOT NULL
);

CREATE TABLE training_material (
    file    TEXT      PRIMARY KEY,
    course  TEXT      NOT NULL REFERENCES training_course (id),
    name    TEXT      NOT NULL,
    size    BIGINT    NOT NULL,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX training_material_course ON training_material (course, made_at);

CREATE TABLE training_session (
    id      TEXT      PRIMARY KEY,
    course  TEXT      NOT NULL REFERENCES training_course (id),
    on_date TEXT      NOT NULL,
    hours   TEXT      NOT NULL,   -- 09:00—11:30, as it is announced
    place   TEXT      NOT NULL,
    trainer TEXT      NOT NULL,
    done    BOOLEAN   NOT NULL,   -- results are entered, certificates given
    made_by TEXT      NOT NULL,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX training_session_date ON training_session (on_date DESC, id DESC);
CREATE INDEX training_session_course ON training_session (course, on_date DESC);

CREATE TABLE training_attendance (
    session   TEXT      NOT NULL REFERENCES training_session (id),
    staff     TEXT      NOT NULL,  -- id in the register of staff
    name      TEXT      NOT NULL,
    division  TEXT      NOT NULL,
    unit      TEXT      NOT NULL,  -- name of outlet or agency
    signed_at TIMESTAMP,           -- by themselves; none: put on the list by the trainer
    result    TEXT      NOT NULL,  -- '' passed failed absent
    PRIMARY KEY (session, staff)
);
CREATE INDEX training_attendance_staff ON training_attendance (staff);

CREATE TABLE training_certificate (
    id         TEXT   PRIMARY KEY,
    number     TEXT   NOT NULL UNIQUE,
    course     TEXT   NOT NULL REFERENCES training_course (id),
    staff      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    division   TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    from_on    TEXT   NOT NULL,
    until_on   TEXT   NOT NULL,
    revoked_on TEXT   NOT NULL,   -- '' in force
    reason     TEXT   NOT NULL
);
CREATE INDEX training_certificate_staff ON training_certificate (staff, course, until_on);
CREATE INDEX training_certificate_until ON training_certificate (until_on, id);

CREATE TABLE training_number (
    year BIGINT PRIMARY KEY,
    n    BIGINT NOT NULL
);

-- Who accepts an application for the item at a window in the course's division
-- must hold its certificate.
CREATE TABLE training_requirement (
    item    TEXT      NOT NULL,
    course  TEXT      NOT NULL REFERENCES training_course (id),
    name    TEXT      NOT NULL,   -- of the item
    made_by TEXT      NOT NULL,
    made_at TIMESTAMP NOT NULL,
    PRIMARY KEY (item, course)
);
CREATE INDEX training_requirement_course ON training_requirement (course);
