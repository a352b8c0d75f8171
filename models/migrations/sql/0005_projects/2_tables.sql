CREATE TABLE project_template (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  description TEXT,
  duration_days INTEGER NOT NULL,
  archived_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT project_template_pk PRIMARY KEY (workspace_id, id)
);

CREATE TABLE project_template_milestone (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  template_id UUID NOT NULL,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT project_template_milestone_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT project_template_milestone_template_id_fk FOREIGN KEY(workspace_id, template_id) REFERENCES project_template (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE project_template_task (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  template_id UUID NOT NULL,
  milestone_id UUID,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT,
  priority TEXT COLLATE "C" NOT NULL,
  due_offset_days INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT project_template_task_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT project_template_task_due_offset_days_check CHECK (due_offset_days >= 0),
  CONSTRAINT project_template_task_template_id_fk FOREIGN KEY(workspace_id, template_id) REFERENCES project_template (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT project_template_task_milestone_id_fk FOREIGN KEY(workspace_id, milestone_id) REFERENCES project_template_milestone (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT project_template_task_priority_check CHECK (priority IN ('LOW', 'MEDIUM', 'HIGH'))
);

CREATE TABLE project (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  description TEXT,
  pipeline_id UUID NOT NULL,
  stage_id UUID NOT NULL,
  stage_entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
  rank TEXT COLLATE "C" NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  completed_at TIMESTAMP WITH TIME ZONE,
  contact_id UUID,
  company_id UUID,
  deal_id UUID,
  owner_id UUID,
  search_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(' ' || name)) STORED NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT project_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT project_ends_on_check CHECK (ends_on >= starts_on),
  CONSTRAINT project_related_check CHECK (num_nonnulls(contact_id, company_id, deal_id) <= 1),
  CONSTRAINT project_stage_of_pipeline_fk FOREIGN KEY(workspace_id, pipeline_id, stage_id) REFERENCES pipeline_stage (workspace_id, pipeline_id, id),
  CONSTRAINT project_pipeline_id_fk FOREIGN KEY(workspace_id, pipeline_id) REFERENCES pipeline (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT project_stage_id_fk FOREIGN KEY(workspace_id, stage_id) REFERENCES pipeline_stage (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT project_contact_id_fk FOREIGN KEY(workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT project_company_id_fk FOREIGN KEY(workspace_id, company_id) REFERENCES company (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT project_deal_id_fk FOREIGN KEY(workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT project_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE milestone (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  project_id UUID NOT NULL,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT milestone_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT milestone_of_project UNIQUE (workspace_id, project_id, id),
  CONSTRAINT milestone_project_id_fk FOREIGN KEY(workspace_id, project_id) REFERENCES project (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE project_member (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  project_id UUID NOT NULL,
  user_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT project_member_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT project_member_taken UNIQUE (workspace_id, project_id, user_id),
  CONSTRAINT project_member_project_id_fk FOREIGN KEY(workspace_id, project_id) REFERENCES project (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT project_member_user_id_fk FOREIGN KEY(workspace_id, user_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);
