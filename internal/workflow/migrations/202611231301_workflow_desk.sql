-- +goose Up

-- What an inbox is narrowed by (item) and a board counts by (done_on, the
-- civil day in Beijing on which somebody acted).
ALTER TABLE workflow_task ADD COLUMN item TEXT NOT NULL DEFAULT '';
ALTER TABLE workflow_task ADD COLUMN done_on TEXT NOT NULL DEFAULT '';
UPDATE workflow_task SET item = COALESCE((SELECT i.item FROM workflow_instance i WHERE i.id = workflow_task.instance), '');
-- Of what was done before, the day in UTC: the same day in office hours.
UPDATE workflow_task SET done_on = SUBSTR(CAST(done_at AS TEXT), 1, 10) WHERE done_at IS NOT NULL;

-- The worst first: a task whose clock stands still waits behind the others.
CREATE INDEX workflow_task_urgent ON workflow_task (held, due_on, id) WHERE state = 'open';
CREATE INDEX workflow_task_closed ON workflow_task (agency, done_on) WHERE done_on <> '';
CREATE INDEX workflow_task_came ON workflow_task (agency, opened_on);
