-- +goose Up

-- What people queue for at an outlet (排队队列). A letter belongs to one queue
-- of its outlet for good, so a number seen on a slip is never ambiguous.
-- Queues are switched off, never removed.
CREATE TABLE queue_queue (
    id      TEXT PRIMARY KEY,
    outlet  TEXT NOT NULL,
    letter  TEXT NOT NULL,
    name    TEXT NOT NULL,
    themes  TEXT NOT NULL, -- what it takes, in words; '' is everything (综合)
    minutes BIGINT NOT NULL, -- supposed length of one service, until the day tells
    active  BOOLEAN NOT NULL,
    UNIQUE (outlet, letter)
);

-- Which queues a counter calls from. A counter without a row calls from all
-- queues of its outlet.
CREATE TABLE queue_serves (
    counter TEXT NOT NULL,
    queue   TEXT NOT NULL,
    PRIMARY KEY (counter, queue)
);

-- One row for each hall: every act of a day in it begins by raising the version,
-- so acts of one hall follow one another, and a display sees whether anything
-- has changed without reading it.
CREATE TABLE queue_hall (
    outlet  TEXT PRIMARY KEY,
    version BIGINT NOT NULL
);

-- The last number given out under a letter on a day.
CREATE TABLE queue_sequence (
    outlet TEXT NOT NULL,
    day    TEXT NOT NULL,
    letter TEXT NOT NULL,
    last   BIGINT NOT NULL,
    PRIMARY KEY (outlet, day, letter)
);

-- One person waiting (排队号). place is the moment by which one stands in line:
-- when the number was taken, unless one lost the place and was given another.
CREATE TABLE queue_ticket (
    id           TEXT PRIMARY KEY,
    code         TEXT NOT NULL UNIQUE,
    outlet       TEXT NOT NULL,
    division     TEXT NOT NULL,
    day          TEXT NOT NULL,
    queue        TEXT NOT NULL,
    letter       TEXT NOT NULL,
    n            BIGINT NOT NULL,
    state        TEXT NOT NULL,
    priority     TEXT NOT NULL,
    place        TIMESTAMP NOT NULL,
    counter      TEXT NOT NULL, -- where it is called to, served or held
    counter_no   TEXT NOT NULL,
    counter_name TEXT NOT NULL,
    reserved     TEXT NOT NULL, -- counter that alone may call it; '' is any
    calls        BIGINT NOT NULL,
    clerk        TEXT NOT NULL,
    name         TEXT NOT NULL,
    phone        TEXT NOT NULL,
    taken_at     TIMESTAMP NOT NULL,
    first_called TIMESTAMP,
    called_at    TIMESTAMP,
    served_at    TIMESTAMP,
    done_at      TIMESTAMP,
    revision     BIGINT NOT NULL,
    UNIQUE (outlet, day, letter, n)
);
-- Who is next, and the lists of a day by state.
CREATE INDEX queue_ticket_line ON queue_ticket (outlet, day, state, place, id);
-- Who is at a counter now.
CREATE INDEX queue_ticket_counter ON queue_ticket (counter, day, state);

-- What happened to a ticket, appended and never changed.
CREATE TABLE queue_event (
    ticket   TEXT NOT NULL,
    seq      BIGINT NOT NULL,
    at       TIMESTAMP NOT NULL,
    act      TEXT NOT NULL,
    counter  TEXT NOT NULL,
    who      TEXT NOT NULL,
    who_name TEXT NOT NULL,
    detail   TEXT NOT NULL,
    PRIMARY KEY (ticket, seq)
);

-- How a queue stands on a day, kept with every change of a ticket.
CREATE TABLE queue_day (
    queue   TEXT NOT NULL,
    day     TEXT NOT NULL,
    outlet  TEXT NOT NULL,
    taken   BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    at_desk BIGINT NOT NULL, -- called or being served
    held    BIGINT NOT NULL,
    done    BIGINT NOT NULL,
    missed  BIGINT NOT NULL,
    seconds BIGINT NOT NULL, -- of service, over those done
    PRIMARY KEY (queue, day)
);
CREATE INDEX queue_day_outlet ON queue_day (outlet, day);

-- Who sits at which counter. streak counts the priority numbers called there
-- in a row while others waited.
CREATE TABLE queue_seat (
    counter TEXT PRIMARY KEY,
    outlet  TEXT NOT NULL,
    day     TEXT NOT NULL,
    account TEXT NOT NULL,
    name    TEXT NOT NULL,
    since   TIMESTAMP NOT NULL,
    streak  BIGINT NOT NULL
);
CREATE INDEX queue_seat_account ON queue_seat (account);
CREATE INDEX queue_seat_outlet ON queue_seat (outlet, day);

-- Figures by hour (Beijing) and counter; what is not of a counter has ''.
CREATE TABLE queue_hour (
    outlet  TEXT NOT NULL,
    day     TEXT NOT NULL,
    hour    BIGINT NOT NULL,
    counter TEXT NOT NULL,
    taken   BIGINT NOT NULL,
    called  BIGINT NOT NULL,
    done    BIGINT NOT NULL,
    missed  BIGINT NOT NULL,
    waited  BIGINT NOT NULL, -- seconds until the first call, over those called
    served  BIGINT NOT NULL, -- seconds of service, over those done
    PRIMARY KEY (outlet, day, hour, counter)
);

-- How many waited how many whole minutes: medians are read from this.
CREATE TABLE queue_wait (
    outlet  TEXT NOT NULL,
    day     TEXT NOT NULL,
    queue   TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (outlet, day, queue, minutes)
);
-- What a day left open: few rows, whatever the table holds.
CREATE INDEX queue_ticket_open ON queue_ticket (day) WHERE state IN ('waiting', 'called', 'serving', 'held');
