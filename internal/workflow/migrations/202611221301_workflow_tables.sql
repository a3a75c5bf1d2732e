-- +goose Up

-- A definition is kept once, by the hash of its content, for as long as an
-- instance may want to show how it was handled.
CREATE TABLE workflow_definition (
  hash       TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  body       TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
);

CREATE TABLE workflow_instance (
  id         TEXT PRIMARY KEY,
  subject    TEXT NOT NULL,
  title      TEXT NOT NULL,
  item       TEXT NOT NULL,
  definition TEXT NOT NULL REFERENCES workflow_definition (hash),
  way        TEXT NOT NULL, -- JSON: branches taken, by node
  places     TEXT NOT NULL, -- JSON: agency, division and department, by reference
  division   TEXT NOT NULL,
  state      TEXT NOT NULL, -- running, finished, cancelled
  outcome    TEXT NOT NULL, -- '', granted, denied
  round      BIGINT NOT NULL,
  revision   BIGINT NOT NULL, -- counts acts; taking it is the lock
  held_on    TEXT NOT NULL, -- the day it was held, '' when it runs
  started_by TEXT NOT NULL,
  started_at TIMESTAMP NOT NULL,
  ended_at   TIMESTAMP
);
CREATE UNIQUE INDEX workflow_instance_running ON workflow_instance (subject) WHERE state = 'running';
CREATE INDEX workflow_instance_subject ON workflow_instance (subject, id);

CREATE TABLE workflow_task (
  id          TEXT PRIMARY KEY,
  instance    TEXT NOT NULL REFERENCES workflow_instance (id),
  subject     TEXT NOT NULL,
  title       TEXT NOT NULL,
  node        TEXT NOT NULL,
  name        TEXT NOT NULL,
  seat        BIGINT NOT NULL,
  round       BIGINT NOT NULL,
  role        TEXT NOT NULL,
  agency      TEXT NOT NULL,
  receiving   TEXT NOT NULL, -- division where the matter was handed in
  division    TEXT NOT NULL, -- of the agency
  dept        TEXT NOT NULL,
  assignee    TEXT NOT NULL, -- account, '' while nobody took it
  on_behalf   TEXT NOT NULL, -- the delegator, '' when nobody delegated
  added       TEXT NOT NULL, -- '', before, after
  host        TEXT NOT NULL, -- the task an approver was added to
  state       TEXT NOT NULL, -- open, waiting, done, superseded, undone, cancelled
  held        BOOLEAN NOT NULL,
  touched     BOOLEAN NOT NULL, -- somebody did something with it since it opened
  overdue     BOOLEAN NOT NULL, -- the time-out was already dealt with
  days        BIGINT NOT NULL, -- limit in working days, 0 none
  opened_on   TEXT NOT NULL,
  due_on      TEXT NOT NULL, -- 9999-12-31 without a limit
  opened_at   TIMESTAMP NOT NULL,
  done_at     TIMESTAMP,
  done_by     TEXT NOT NULL,
  done_name   TEXT NOT NULL,
  result      TEXT NOT NULL,
  opinion     TEXT NOT NULL,
  created_act TEXT NOT NULL, -- the act that created the row
  opened_act  TEXT NOT NULL, -- the act that last opened it
  closed_act  TEXT NOT NULL, -- the act that made it pointless
  closed_from TEXT NOT NULL, -- its state before that
  last_act    TEXT NOT NULL  -- the act that could be withdrawn
);
CREATE UNIQUE INDEX workflow_task_open_once ON workflow_task (instance, node, seat, round) WHERE state = 'open';
CREATE INDEX workflow_task_instance ON workflow_task (instance, state);
CREATE INDEX workflow_task_subject ON workflow_task (subject);
CREATE INDEX workflow_task_inbox ON workflow_task (agency, state, due_on, id);
CREATE INDEX workflow_task_mine ON workflow_task (assignee, state, due_on, id) WHERE assignee <> '';
CREATE INDEX workflow_task_behalf ON workflow_task (on_behalf, state) WHERE on_behalf <> '';
CREATE INDEX workflow_task_done ON workflow_task (done_by, state, id) WHERE done_by <> '';
CREATE INDEX workflow_task_due ON workflow_task (due_on, id) WHERE state = 'open';

-- Appended, never changed: who did what, when and why.
CREATE TABLE workflow_act (
  id         TEXT PRIMARY KEY,
  instance   TEXT NOT NULL REFERENCES workflow_instance (id),
  task       TEXT NOT NULL,
  node       TEXT NOT NULL,
  name       TEXT NOT NULL,
  round      BIGINT NOT NULL,
  act        TEXT NOT NULL,
  actor      TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  on_behalf  TEXT NOT NULL,
  opinion    TEXT NOT NULL,
  target     TEXT NOT NULL, -- a node, an account, an agency or an act, as the act has it
  outcome    TEXT NOT NULL,
  at         TIMESTAMP NOT NULL
);
CREATE INDEX workflow_act_instance ON workflow_act (instance, id);
CREATE INDEX workflow_act_task ON workflow_act (task, id);

-- The days during which the deadlines of an instance stood still.
CREATE TABLE workflow_hold (
  id       TEXT PRIMARY KEY,
  instance TEXT NOT NULL REFERENCES workflow_instance (id),
  from_on  TEXT NOT NULL,
  to_on    TEXT NOT NULL
);
CREATE INDEX workflow_hold_instance ON workflow_hold (instance, from_on);
