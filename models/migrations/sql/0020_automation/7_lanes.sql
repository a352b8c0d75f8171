ALTER TABLE due_work ADD COLUMN lane SMALLINT;

DROP INDEX due_work_at_ix;

CREATE INDEX due_work_unsorted_ix ON due_work (at) WHERE lane IS NULL;

CREATE INDEX due_work_lane_ix ON due_work (lane, workspace_id, at) WHERE lane IS NOT NULL;
