-- +goose Up

-- Both cost every case and found nothing that another does not: limits that are
-- over are found by workflow_task_urgent, the acts on a task by their instance.
DROP INDEX workflow_task_due;
DROP INDEX workflow_act_task;
