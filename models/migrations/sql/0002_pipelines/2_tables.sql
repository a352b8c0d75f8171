CREATE TABLE exchange_rate (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  base TEXT COLLATE "C" NOT NULL,
  valid_on DATE NOT NULL,
  rate NUMERIC NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT exchange_rate_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT exchange_rate_taken UNIQUE (workspace_id, base, currency, valid_on),
  CONSTRAINT exchange_rate_rate_check CHECK (rate > 0),
  CONSTRAINT exchange_rate_currency_check CHECK (base <> currency)
);

CREATE TABLE stage_gate (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  stage_id UUID NOT NULL,
  mode TEXT COLLATE "C" NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT stage_gate_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT stage_gate_taken UNIQUE (workspace_id, stage_id),
  CONSTRAINT stage_gate_stage_id_fk FOREIGN KEY(workspace_id, stage_id) REFERENCES pipeline_stage (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT stage_gate_mode_check CHECK (mode IN ('SOFT', 'HARD'))
);

CREATE TABLE stage_task_template (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  stage_id UUID NOT NULL,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  assignee TEXT COLLATE "C" NOT NULL,
  user_id UUID,
  team_id UUID,
  priority TEXT COLLATE "C" NOT NULL,
  due_offset_days INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT stage_task_template_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT stage_task_template_assignee_named_check CHECK ((assignee = 'USER') = (user_id IS NOT NULL) AND (assignee = 'TEAM') = (team_id IS NOT NULL)),
  CONSTRAINT stage_task_template_due_offset_days_check CHECK (due_offset_days >= 0),
  CONSTRAINT stage_task_template_stage_id_fk FOREIGN KEY(workspace_id, stage_id) REFERENCES pipeline_stage (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT stage_task_template_assignee_check CHECK (assignee IN ('OWNER', 'USER', 'TEAM')),
  CONSTRAINT stage_task_template_user_id_fk FOREIGN KEY(workspace_id, user_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT stage_task_template_team_id_fk FOREIGN KEY(workspace_id, team_id) REFERENCES team (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT stage_task_template_priority_check CHECK (priority IN ('LOW', 'MEDIUM', 'HIGH'))
);

CREATE TABLE gate_condition (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  gate_id UUID NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  field TEXT,
  task_title TEXT,
  task_title_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(coalesce(task_title, ''))) STORED NOT NULL,
  approver_id UUID,
  contract_type TEXT COLLATE "C",
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT gate_condition_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT gate_condition_complete_check CHECK (CASE kind WHEN 'FIELD' THEN field IS NOT NULL WHEN 'TASK' THEN task_title IS NOT NULL WHEN 'APPROVAL' THEN approver_id IS NOT NULL ELSE contract_type IS NOT NULL END),
  CONSTRAINT gate_condition_gate_id_fk FOREIGN KEY(workspace_id, gate_id) REFERENCES stage_gate (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT gate_condition_kind_check CHECK (kind IN ('FIELD', 'TASK', 'APPROVAL', 'CONTRACT')),
  CONSTRAINT gate_condition_approver_id_fk FOREIGN KEY(workspace_id, approver_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT gate_condition_contract_type_check CHECK (contract_type IN ('MSA', 'NDA', 'SOW'))
);

CREATE TABLE approval_request (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  deal_id UUID NOT NULL,
  condition_id UUID,
  stage_id UUID NOT NULL,
  approver_id UUID NOT NULL,
  requested_by_id UUID NOT NULL,
  decision TEXT COLLATE "C" NOT NULL,
  decided_by_id UUID,
  decided_at TIMESTAMP WITH TIME ZONE,
  comment TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT approval_request_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT approval_request_deal_id_fk FOREIGN KEY(workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT approval_request_condition_id_fk FOREIGN KEY(workspace_id, condition_id) REFERENCES gate_condition (workspace_id, id) ON DELETE SET NULL (condition_id),
  CONSTRAINT approval_request_stage_id_fk FOREIGN KEY(workspace_id, stage_id) REFERENCES pipeline_stage (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT approval_request_approver_id_fk FOREIGN KEY(workspace_id, approver_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT approval_request_requested_by_id_fk FOREIGN KEY(workspace_id, requested_by_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT approval_request_decision_check CHECK (decision IN ('PENDING', 'APPROVED', 'REJECTED')),
  CONSTRAINT approval_request_decided_by_id_fk FOREIGN KEY(workspace_id, decided_by_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE stage_change (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  deal_id UUID NOT NULL,
  from_stage_id UUID,
  to_stage_id UUID NOT NULL,
  by_id UUID,
  entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
  left_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT stage_change_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT stage_change_deal_id_fk FOREIGN KEY(workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT stage_change_from_stage_id_fk FOREIGN KEY(workspace_id, from_stage_id) REFERENCES pipeline_stage (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT stage_change_to_stage_id_fk FOREIGN KEY(workspace_id, to_stage_id) REFERENCES pipeline_stage (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT stage_change_by_id_fk FOREIGN KEY(workspace_id, by_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);
