ALTER TABLE event ADD COLUMN act TEXT COLLATE "C";

CREATE TABLE undo_row (
  workspace_id UUID NOT NULL,
  operation_id UUID NOT NULL,
  ord BIGINT GENERATED ALWAYS AS IDENTITY,
  table_name TEXT NOT NULL,
  before JSONB,
  after JSONB,
  CONSTRAINT undo_row_pk PRIMARY KEY (workspace_id, operation_id, ord)
);

CREATE TABLE undone_act (
  workspace_id UUID NOT NULL,
  operation_id UUID NOT NULL,
  by_operation_id UUID NOT NULL,
  user_id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  finished_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT undone_act_pk PRIMARY KEY (workspace_id, operation_id)
);
