CREATE TABLE business_hours (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  weekday INTEGER NOT NULL,
  opens_minute INTEGER NOT NULL,
  closes_minute INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT business_hours_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT business_hours_weekday_check CHECK (weekday BETWEEN 1 AND 7),
  CONSTRAINT business_hours_span_check CHECK (opens_minute >= 0 AND closes_minute > opens_minute AND closes_minute <= 1440)
);

CREATE TABLE case_status (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  position INTEGER NOT NULL,
  color TEXT NOT NULL,
  category TEXT COLLATE "C" NOT NULL,
  archived_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT case_status_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT case_status_category_check CHECK (category IN ('OPEN', 'WAITING', 'RESOLVED'))
);

CREATE TABLE case_template (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  archived_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT case_template_pk PRIMARY KEY (workspace_id, id)
);

CREATE TABLE sla_policy (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  priority TEXT COLLATE "C" NOT NULL,
  first_response_minutes INTEGER NOT NULL,
  resolution_minutes INTEGER NOT NULL,
  approaching_percent INTEGER DEFAULT '80' NOT NULL,
  business_hours_only BOOLEAN NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT sla_policy_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT sla_policy_priority_taken UNIQUE (workspace_id, priority),
  CONSTRAINT sla_policy_targets_check CHECK (first_response_minutes > 0 AND resolution_minutes >= first_response_minutes),
  CONSTRAINT sla_policy_approaching_percent_check CHECK (approaching_percent BETWEEN 1 AND 99),
  CONSTRAINT sla_policy_priority_check CHECK (priority IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'))
);

CREATE TABLE case_template_task (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  template_id UUID NOT NULL,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  priority TEXT COLLATE "C" NOT NULL,
  due_offset_days INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT case_template_task_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT case_template_task_due_offset_days_check CHECK (due_offset_days >= 0),
  CONSTRAINT case_template_task_template_id_fk FOREIGN KEY(workspace_id, template_id) REFERENCES case_template (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT case_template_task_priority_check CHECK (priority IN ('LOW', 'MEDIUM', 'HIGH'))
);

CREATE TABLE "case" (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  number_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(number)) STORED NOT NULL,
  subject TEXT NOT NULL,
  subject_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(subject)) STORED NOT NULL,
  description TEXT,
  origin TEXT COLLATE "C" NOT NULL,
  status_id UUID NOT NULL,
  priority TEXT COLLATE "C" NOT NULL,
  category TEXT,
  category_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(coalesce(category, ''))) STORED NOT NULL,
  contact_id UUID NOT NULL,
  company_id UUID,
  deal_id UUID,
  owner_id UUID,
  team_id UUID,
  template_id UUID,
  rank TEXT COLLATE "C" NOT NULL,
  first_response_due_at TIMESTAMP WITH TIME ZONE NOT NULL,
  first_responded_at TIMESTAMP WITH TIME ZONE,
  resolution_due_at TIMESTAMP WITH TIME ZONE NOT NULL,
  resolved_at TIMESTAMP WITH TIME ZONE,
  paused_at TIMESTAMP WITH TIME ZONE,
  first_response_approaching_at TIMESTAMP WITH TIME ZONE NOT NULL,
  resolution_approaching_at TIMESTAMP WITH TIME ZONE NOT NULL,
  search_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(' ' || number || ' ' || subject || ' ' || coalesce(category, ''))) STORED NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT case_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT case_number_taken UNIQUE (workspace_id, number),
  CONSTRAINT case_origin_check CHECK (origin IN ('AGENT', 'EMAIL', 'WEB_FORM', 'WORKFLOW')),
  CONSTRAINT case_status_id_fk FOREIGN KEY(workspace_id, status_id) REFERENCES case_status (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT case_priority_check CHECK (priority IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
  CONSTRAINT case_contact_id_fk FOREIGN KEY(workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT case_company_id_fk FOREIGN KEY(workspace_id, company_id) REFERENCES company (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT case_deal_id_fk FOREIGN KEY(workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT case_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT case_team_id_fk FOREIGN KEY(workspace_id, team_id) REFERENCES team (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT case_template_id_fk FOREIGN KEY(workspace_id, template_id) REFERENCES case_template (workspace_id, id) ON DELETE SET NULL (template_id)
);

CREATE TABLE form_submission (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  form_id UUID NOT NULL,
  values JSONB NOT NULL,
  contact_id UUID,
  lead_id UUID,
  case_id UUID,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT form_submission_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT form_submission_form_id_fk FOREIGN KEY(workspace_id, form_id) REFERENCES web_form (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT form_submission_contact_id_fk FOREIGN KEY(workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE SET NULL (contact_id),
  CONSTRAINT form_submission_lead_id_fk FOREIGN KEY(workspace_id, lead_id) REFERENCES lead (workspace_id, id) ON DELETE SET NULL (lead_id),
  CONSTRAINT form_submission_case_id_fk FOREIGN KEY(workspace_id, case_id) REFERENCES "case" (workspace_id, id) ON DELETE SET NULL (case_id)
);
