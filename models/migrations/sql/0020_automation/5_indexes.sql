CREATE INDEX contact_email_opted_out_ix ON contact (workspace_id, email_opted_out, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_team_id_ix ON lead (workspace_id, team_id, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_email_opted_out_ix ON lead (workspace_id, email_opted_out, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_stalled_at_ix ON deal (workspace_id, stalled_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_resolution_escalated_at_ix ON "case" (workspace_id, resolution_escalated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_first_response_escalated_at_ix ON "case" (workspace_id, first_response_escalated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_overdue_at_ix ON task (workspace_id, overdue_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_pending_ix ON task (workspace_id, due_at, id) WHERE overdue_at IS NULL AND status <> 'DONE' AND deleted_at IS NULL;

CREATE INDEX workspace_lead_team_id_ix ON workspace (workspace_id, lead_team_id);

CREATE INDEX email_message_id_ix ON email (workspace_id, message_id, id) WHERE deleted_at IS NULL;

CREATE INDEX email_opened_at_ix ON email (workspace_id, opened_at, id) WHERE deleted_at IS NULL;

CREATE INDEX email_clicked_at_ix ON email (workspace_id, clicked_at, id) WHERE deleted_at IS NULL;

CREATE INDEX email_template_id_ix ON email (workspace_id, template_id, id) WHERE deleted_at IS NULL;

CREATE INDEX email_bounced_at_ix ON email (workspace_id, bounced_at, id) WHERE deleted_at IS NULL;

CREATE INDEX mail_message_id_ix ON mail (workspace_id, message_id, id);

CREATE INDEX mail_email_id_ix ON mail (workspace_id, email_id, id);

CREATE INDEX mail_case_id_ix ON mail (workspace_id, case_id, id);

CREATE INDEX notification_digest_ix ON notification (workspace_id, owner_id, id) WHERE digest AND read_at IS NULL;
