CREATE TABLE email_template (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  record_type TEXT COLLATE "C",
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  archived_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT email_template_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT email_template_record_type_check CHECK (record_type IN ('CONTACT', 'COMPANY', 'LEAD', 'DEAL', 'CASE', 'TASK', 'PROJECT', 'PRODUCT', 'QUOTE', 'CONTRACT', 'INVOICE'))
);

CREATE TABLE lead_score_weight (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  signal TEXT COLLATE "C" NOT NULL,
  points INTEGER NOT NULL,
  most INTEGER NOT NULL,
  half_life_days INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT lead_score_weight_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT lead_score_weight_taken UNIQUE (workspace_id, signal),
  CONSTRAINT lead_score_weight_points_check CHECK (points BETWEEN 0 AND 100),
  CONSTRAINT lead_score_weight_most_check CHECK (most BETWEEN 0 AND 100),
  CONSTRAINT lead_score_weight_half_life_check CHECK (half_life_days BETWEEN 1 AND 3650),
  CONSTRAINT lead_score_weight_signal_check CHECK (signal IN ('EMAIL_OPEN', 'PAGE_VISIT', 'FORM_SUBMISSION', 'OUTREACH'))
);

CREATE TABLE sequence (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  archived_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT sequence_pk PRIMARY KEY (workspace_id, id)
);

CREATE TABLE tracking_key (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  domain TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  revoked_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT tracking_key_pk PRIMARY KEY (workspace_id, id)
);

CREATE TABLE notification_setting (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  owner_id UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  in_app BOOLEAN NOT NULL,
  mail TEXT COLLATE "C" NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT notification_setting_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT notification_setting_taken UNIQUE (workspace_id, owner_id, kind),
  CONSTRAINT notification_setting_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT notification_setting_kind_check CHECK (kind IN ('MENTION', 'TASK_ASSIGNED', 'LEAD_ASSIGNED', 'DEAL_ASSIGNED', 'CASE_ASSIGNED', 'PROJECT_ASSIGNED', 'APPROVAL_REQUESTED', 'APPROVAL_DECIDED', 'TASK_OVERDUE', 'CASE_ESCALATED', 'CASE_REPLY', 'LEAD_SCORE', 'DEAL_STALLED', 'EMAIL_BOUNCED', 'WORKFLOW')),
  CONSTRAINT notification_setting_mail_check CHECK (mail IN ('NEVER', 'AT_ONCE', 'DIGEST'))
);

CREATE TABLE sequence_step (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  sequence_id UUID NOT NULL,
  position INTEGER NOT NULL,
  wait_minutes INTEGER NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  template_id UUID,
  title TEXT,
  description TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT sequence_step_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT sequence_step_wait_check CHECK (wait_minutes >= 0),
  CONSTRAINT sequence_step_template_check CHECK ((kind = 'EMAIL') = (template_id IS NOT NULL)),
  CONSTRAINT sequence_step_title_check CHECK ((kind = 'TASK') = (title IS NOT NULL)),
  CONSTRAINT sequence_step_sequence_id_fk FOREIGN KEY(workspace_id, sequence_id) REFERENCES sequence (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT sequence_step_kind_check CHECK (kind IN ('EMAIL', 'TASK')),
  CONSTRAINT sequence_step_template_id_fk FOREIGN KEY(workspace_id, template_id) REFERENCES email_template (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE workflow (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  description TEXT,
  trigger TEXT COLLATE "C" NOT NULL,
  record_type TEXT COLLATE "C",
  settings JSONB DEFAULT '{}' NOT NULL,
  conditions JSONB,
  payload_conditions JSONB,
  steps JSONB NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  active BOOLEAN DEFAULT false NOT NULL,
  activated_at TIMESTAMP WITH TIME ZONE,
  activated_after BIGINT,
  owner_id UUID,
  hook_hint TEXT COLLATE "C",
  turns JSONB DEFAULT '{}' NOT NULL,
  problem TEXT,
  archived_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT workflow_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT workflow_trigger_check CHECK (trigger IN ('RECORD_CREATED', 'RECORD_UPDATED', 'FIELD_VALUE_CHANGED', 'STATUS_CHANGED', 'PIPELINE_STAGE_CHANGED', 'TASK_COMPLETED', 'CASE_ESCALATED', 'CONTRACT_SIGNED', 'INVOICE_OVERDUE', 'LEAD_SCORE_THRESHOLD', 'SCHEDULED', 'WEBHOOK_RECEIVED')),
  CONSTRAINT workflow_record_type_check CHECK (record_type IN ('CONTACT', 'COMPANY', 'LEAD', 'DEAL', 'CASE', 'TASK', 'PROJECT', 'PRODUCT', 'QUOTE', 'CONTRACT', 'INVOICE')),
  CONSTRAINT workflow_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE workflow_revision (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  workflow_id UUID NOT NULL,
  revision INTEGER NOT NULL,
  definition JSONB NOT NULL,
  saved_by_id UUID,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT workflow_revision_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT workflow_revision_taken UNIQUE (workspace_id, workflow_id, revision),
  CONSTRAINT workflow_revision_workflow_id_fk FOREIGN KEY(workspace_id, workflow_id) REFERENCES workflow (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT workflow_revision_saved_by_id_fk FOREIGN KEY(workspace_id, saved_by_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE workflow_run (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  workflow_id UUID NOT NULL,
  revision INTEGER NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  position BIGINT,
  event_type TEXT COLLATE "C",
  record_kind TEXT COLLATE "C",
  record_id UUID,
  payload JSONB DEFAULT '{}' NOT NULL,
  chain JSONB DEFAULT '[]' NOT NULL,
  next_step TEXT COLLATE "C",
  tries INTEGER DEFAULT '0' NOT NULL,
  resume_at TIMESTAMP WITH TIME ZONE,
  started_at TIMESTAMP WITH TIME ZONE,
  finished_at TIMESTAMP WITH TIME ZONE,
  error TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT workflow_run_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT workflow_run_taken UNIQUE (workspace_id, workflow_id, key),
  CONSTRAINT workflow_run_workflow_id_fk FOREIGN KEY(workspace_id, workflow_id) REFERENCES workflow (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT workflow_run_status_check CHECK (status IN ('QUEUED', 'RUNNING', 'WAITING', 'SUCCEEDED', 'SKIPPED', 'FAILED', 'CANCELED', 'LOOP_DETECTED'))
);

CREATE TABLE workflow_step (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  run_id UUID NOT NULL,
  path TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  attempt INTEGER NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  input JSONB NOT NULL,
  output JSONB NOT NULL,
  error TEXT,
  started_at TIMESTAMP WITH TIME ZONE NOT NULL,
  finished_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT workflow_step_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT workflow_step_taken UNIQUE (workspace_id, run_id, path, attempt),
  CONSTRAINT workflow_step_run_id_fk FOREIGN KEY(workspace_id, run_id) REFERENCES workflow_run (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT workflow_step_action_check CHECK (action IN ('SEND_EMAIL', 'SEND_SMS', 'CREATE_TASK', 'CREATE_CASE', 'UPDATE_FIELD', 'ASSIGN_OWNER', 'ADD_TO_SEQUENCE', 'SEND_SLACK_MESSAGE', 'CALL_WEBHOOK', 'CREATE_DEAL', 'ADD_NOTE', 'CHANGE_STATUS', 'CREATE_PROJECT', 'SEND_NOTIFICATION', 'SEND_TEAMS_MESSAGE', 'WAIT', 'BRANCH')),
  CONSTRAINT workflow_step_status_check CHECK (status IN ('SUCCEEDED', 'FAILED', 'SKIPPED'))
);

CREATE TABLE lead_signal (
  workspace_id UUID NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  lead_id UUID NOT NULL,
  signal TEXT COLLATE "C" NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT lead_signal_pk PRIMARY KEY (workspace_id, key),
  CONSTRAINT lead_signal_lead_id_fk FOREIGN KEY(workspace_id, lead_id) REFERENCES lead (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT lead_signal_signal_check CHECK (signal IN ('EMAIL_OPEN', 'PAGE_VISIT', 'FORM_SUBMISSION', 'OUTREACH'))
);

CREATE TABLE page_visit (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  event_id TEXT COLLATE "C" NOT NULL,
  lead_id UUID,
  contact_id UUID,
  url TEXT NOT NULL,
  title TEXT,
  referrer TEXT,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT page_visit_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT page_visit_event_taken UNIQUE (workspace_id, event_id),
  CONSTRAINT page_visit_who_check CHECK (num_nonnulls(lead_id, contact_id) = 1),
  CONSTRAINT page_visit_lead_id_fk FOREIGN KEY(workspace_id, lead_id) REFERENCES lead (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT page_visit_contact_id_fk FOREIGN KEY(workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE sequence_enrollment (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  sequence_id UUID NOT NULL,
  contact_id UUID,
  lead_id UUID,
  owner_id UUID,
  status TEXT COLLATE "C" NOT NULL,
  stop_reason TEXT COLLATE "C",
  steps_done INTEGER DEFAULT '0' NOT NULL,
  next_at TIMESTAMP WITH TIME ZONE,
  finished_at TIMESTAMP WITH TIME ZONE,
  error TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT sequence_enrollment_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT sequence_enrollment_who_check CHECK (num_nonnulls(contact_id, lead_id) = 1),
  CONSTRAINT sequence_enrollment_contact_taken UNIQUE (workspace_id, sequence_id, contact_id),
  CONSTRAINT sequence_enrollment_lead_taken UNIQUE (workspace_id, sequence_id, lead_id),
  CONSTRAINT sequence_enrollment_sequence_id_fk FOREIGN KEY(workspace_id, sequence_id) REFERENCES sequence (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT sequence_enrollment_contact_id_fk FOREIGN KEY(workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT sequence_enrollment_lead_id_fk FOREIGN KEY(workspace_id, lead_id) REFERENCES lead (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT sequence_enrollment_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT sequence_enrollment_status_check CHECK (status IN ('ACTIVE', 'FINISHED', 'STOPPED')),
  CONSTRAINT sequence_enrollment_stop_reason_check CHECK (stop_reason IN ('REPLIED', 'BOUNCED', 'OPTED_OUT', 'UNENROLLED', 'CLOSED', 'ARCHIVED', 'FAILED'))
);

CREATE TABLE inbound_mail (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  message_id TEXT COLLATE "C" NOT NULL,
  from_address TEXT NOT NULL,
  to_addresses JSONB NOT NULL,
  subject TEXT,
  state TEXT COLLATE "C" NOT NULL,
  email_id UUID,
  case_id UUID,
  about_mail_id UUID,
  error TEXT,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT inbound_mail_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT inbound_mail_message_taken UNIQUE (workspace_id, message_id),
  CONSTRAINT inbound_mail_state_check CHECK (state IN ('FILED', 'UNMATCHED', 'BOUNCE', 'AUTO_REPLY', 'REFUSED')),
  CONSTRAINT inbound_mail_email_id_fk FOREIGN KEY(workspace_id, email_id) REFERENCES email (workspace_id, id) ON DELETE SET NULL (email_id),
  CONSTRAINT inbound_mail_case_id_fk FOREIGN KEY(workspace_id, case_id) REFERENCES "case" (workspace_id, id) ON DELETE SET NULL (case_id),
  CONSTRAINT inbound_mail_about_mail_id_fk FOREIGN KEY(workspace_id, about_mail_id) REFERENCES mail (workspace_id, id) ON DELETE SET NULL (about_mail_id)
);

CREATE TABLE email_file (
  workspace_id UUID NOT NULL,
  email_id UUID NOT NULL,
  file_id UUID NOT NULL,
  CONSTRAINT email_file_pk PRIMARY KEY (workspace_id, email_id, file_id),
  CONSTRAINT email_file_email_id_fk FOREIGN KEY(workspace_id, email_id) REFERENCES email (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT email_file_file_id_fk FOREIGN KEY(workspace_id, file_id) REFERENCES file (workspace_id, id) ON DELETE RESTRICT
);
