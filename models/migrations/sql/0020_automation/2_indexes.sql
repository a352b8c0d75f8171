CREATE INDEX email_template_archived_at_ix ON email_template (workspace_id, archived_at, id);

CREATE INDEX email_template_created_at_ix ON email_template (workspace_id, created_at, id);

CREATE INDEX email_template_name_key_ix ON email_template (workspace_id, name_key, id);

CREATE UNIQUE INDEX email_template_name_taken ON email_template (workspace_id, name_key) WHERE archived_at IS NULL;

CREATE INDEX email_template_record_type_ix ON email_template (workspace_id, record_type, id);

CREATE INDEX email_template_updated_at_ix ON email_template (workspace_id, updated_at, id);

CREATE INDEX lead_score_weight_created_at_ix ON lead_score_weight (workspace_id, created_at, id);

CREATE INDEX lead_score_weight_signal_ix ON lead_score_weight (workspace_id, signal, id);

CREATE INDEX lead_score_weight_updated_at_ix ON lead_score_weight (workspace_id, updated_at, id);

CREATE INDEX sequence_archived_at_ix ON sequence (workspace_id, archived_at, id);

CREATE INDEX sequence_created_at_ix ON sequence (workspace_id, created_at, id);

CREATE INDEX sequence_name_key_ix ON sequence (workspace_id, name_key, id);

CREATE UNIQUE INDEX sequence_name_taken ON sequence (workspace_id, name_key) WHERE archived_at IS NULL;

CREATE INDEX sequence_updated_at_ix ON sequence (workspace_id, updated_at, id);

CREATE INDEX tracking_key_created_at_ix ON tracking_key (workspace_id, created_at, id);

CREATE INDEX tracking_key_revoked_at_ix ON tracking_key (workspace_id, revoked_at, id);

CREATE INDEX tracking_key_updated_at_ix ON tracking_key (workspace_id, updated_at, id);

CREATE INDEX notification_setting_created_at_ix ON notification_setting (workspace_id, created_at, id);

CREATE INDEX notification_setting_kind_ix ON notification_setting (workspace_id, kind, id);

CREATE INDEX notification_setting_updated_at_ix ON notification_setting (workspace_id, updated_at, id);

CREATE INDEX sequence_step_created_at_ix ON sequence_step (workspace_id, created_at, id);

CREATE INDEX sequence_step_position_ix ON sequence_step (workspace_id, position, id);

CREATE INDEX sequence_step_sequence_id_ix ON sequence_step (workspace_id, sequence_id, id);

CREATE INDEX sequence_step_template_id_ix ON sequence_step (workspace_id, template_id, id);

CREATE INDEX sequence_step_updated_at_ix ON sequence_step (workspace_id, updated_at, id);

CREATE INDEX workflow_active_ix ON workflow (workspace_id, active, id);

CREATE INDEX workflow_archived_at_ix ON workflow (workspace_id, archived_at, id);

CREATE INDEX workflow_created_at_ix ON workflow (workspace_id, created_at, id);

CREATE INDEX workflow_listening_ix ON workflow (workspace_id, trigger, record_type) WHERE active;

CREATE INDEX workflow_name_key_ix ON workflow (workspace_id, name_key, id);

CREATE UNIQUE INDEX workflow_name_taken ON workflow (workspace_id, name_key) WHERE archived_at IS NULL;

CREATE INDEX workflow_owner_id_ix ON workflow (workspace_id, owner_id, id);

CREATE INDEX workflow_record_type_ix ON workflow (workspace_id, record_type, id);

CREATE INDEX workflow_trigger_ix ON workflow (workspace_id, trigger, id);

CREATE INDEX workflow_updated_at_ix ON workflow (workspace_id, updated_at, id);

CREATE INDEX workflow_revision_created_at_ix ON workflow_revision (workspace_id, created_at, id);

CREATE INDEX workflow_revision_revision_ix ON workflow_revision (workspace_id, revision, id);

CREATE INDEX workflow_revision_saved_by_id_ix ON workflow_revision (workspace_id, saved_by_id, id);

CREATE INDEX workflow_revision_updated_at_ix ON workflow_revision (workspace_id, updated_at, id);

CREATE INDEX workflow_revision_workflow_id_ix ON workflow_revision (workspace_id, workflow_id, id);

CREATE INDEX workflow_run_created_at_ix ON workflow_run (workspace_id, created_at, id);

CREATE INDEX workflow_run_finished_at_ix ON workflow_run (workspace_id, finished_at, id);

CREATE INDEX workflow_run_record_ix ON workflow_run (workspace_id, record_id, workflow_id, id);

CREATE INDEX workflow_run_status_ix ON workflow_run (workspace_id, status, id);

CREATE INDEX workflow_run_updated_at_ix ON workflow_run (workspace_id, updated_at, id);

CREATE INDEX workflow_run_workflow_id_ix ON workflow_run (workspace_id, workflow_id, id);

CREATE INDEX workflow_step_created_at_ix ON workflow_step (workspace_id, created_at, id);

CREATE INDEX workflow_step_updated_at_ix ON workflow_step (workspace_id, updated_at, id);

CREATE INDEX lead_signal_lead_ix ON lead_signal (workspace_id, lead_id, signal, at);

CREATE INDEX page_visit_at_ix ON page_visit (workspace_id, at, id);

CREATE INDEX page_visit_contact_id_ix ON page_visit (workspace_id, contact_id, id);

CREATE INDEX page_visit_created_at_ix ON page_visit (workspace_id, created_at, id);

CREATE INDEX page_visit_lead_id_ix ON page_visit (workspace_id, lead_id, id);

CREATE INDEX page_visit_updated_at_ix ON page_visit (workspace_id, updated_at, id);

CREATE INDEX sequence_enrollment_contact_id_ix ON sequence_enrollment (workspace_id, contact_id, id);

CREATE INDEX sequence_enrollment_created_at_ix ON sequence_enrollment (workspace_id, created_at, id);

CREATE INDEX sequence_enrollment_lead_id_ix ON sequence_enrollment (workspace_id, lead_id, id);

CREATE INDEX sequence_enrollment_next_at_ix ON sequence_enrollment (workspace_id, next_at, id);

CREATE INDEX sequence_enrollment_owner_id_ix ON sequence_enrollment (workspace_id, owner_id, id);

CREATE INDEX sequence_enrollment_sequence_id_ix ON sequence_enrollment (workspace_id, sequence_id, id);

CREATE INDEX sequence_enrollment_status_ix ON sequence_enrollment (workspace_id, status, id);

CREATE INDEX sequence_enrollment_updated_at_ix ON sequence_enrollment (workspace_id, updated_at, id);

CREATE INDEX inbound_mail_about_mail_id_ix ON inbound_mail (workspace_id, about_mail_id, id);

CREATE INDEX inbound_mail_case_id_ix ON inbound_mail (workspace_id, case_id, id);

CREATE INDEX inbound_mail_created_at_ix ON inbound_mail (workspace_id, created_at, id);

CREATE INDEX inbound_mail_email_id_ix ON inbound_mail (workspace_id, email_id, id);

CREATE INDEX inbound_mail_received_at_ix ON inbound_mail (workspace_id, received_at, id);

CREATE INDEX inbound_mail_state_ix ON inbound_mail (workspace_id, state, id);

CREATE INDEX inbound_mail_updated_at_ix ON inbound_mail (workspace_id, updated_at, id);

CREATE INDEX email_file_file_id_ix ON email_file (workspace_id, file_id);

CREATE INDEX email_file_email_id_ix ON email_file (workspace_id, email_id);
