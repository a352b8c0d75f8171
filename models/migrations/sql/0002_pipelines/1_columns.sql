ALTER TABLE workspace ADD COLUMN days_to_close INTEGER DEFAULT '30' NOT NULL, ADD COLUMN support_domain TEXT;

ALTER TABLE pipeline ADD COLUMN archived_at TIMESTAMP WITH TIME ZONE;

CREATE INDEX pipeline_kind_ix ON pipeline (workspace_id, kind, id);

CREATE INDEX pipeline_archived_at_ix ON pipeline (workspace_id, archived_at, id);

ALTER TABLE pipeline_stage ADD COLUMN lead_status TEXT COLLATE "C", ADD COLUMN archived_at TIMESTAMP WITH TIME ZONE, ADD CONSTRAINT pipeline_stage_lead_status_check CHECK (lead_status IN ('NEW', 'CONTACTED', 'QUALIFIED', 'CONVERTED', 'DISQUALIFIED'));

CREATE INDEX pipeline_stage_archived_at_ix ON pipeline_stage (workspace_id, archived_at, id);

CREATE UNIQUE INDEX pipeline_stage_name_taken ON pipeline_stage (workspace_id, pipeline_id, name_key) WHERE archived_at IS NULL;

ALTER TABLE deal ADD COLUMN stage_entered_at TIMESTAMP WITH TIME ZONE, ADD COLUMN rank TEXT COLLATE "C";
