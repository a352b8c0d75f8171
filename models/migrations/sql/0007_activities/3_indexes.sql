CREATE INDEX timeline_entry_at_ix ON timeline_entry (workspace_id, record_id, item_kind, at, item_id);

CREATE INDEX timeline_entry_item_ix ON timeline_entry (workspace_id, item_id);

CREATE INDEX call_at_ix ON call (workspace_id, at, id) WHERE deleted_at IS NULL;

CREATE INDEX call_created_at_ix ON call (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX call_direction_ix ON call (workspace_id, direction, id) WHERE deleted_at IS NULL;

CREATE INDEX call_duration_seconds_ix ON call (workspace_id, duration_seconds, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX call_external_taken ON call (workspace_id, source, external_id) WHERE external_id IS NOT NULL;

CREATE INDEX call_from_number_ix ON call (workspace_id, from_number, id) WHERE deleted_at IS NULL;

CREATE INDEX call_outcome_ix ON call (workspace_id, outcome, id) WHERE deleted_at IS NULL;

CREATE INDEX call_owner_id_ix ON call (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX call_to_number_ix ON call (workspace_id, to_number, id) WHERE deleted_at IS NULL;

CREATE INDEX call_unmatched_ix ON call (workspace_id, at, id) WHERE unmatched AND deleted_at IS NULL;

CREATE INDEX call_updated_at_ix ON call (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX email_at_ix ON email (workspace_id, at, id) WHERE deleted_at IS NULL;

CREATE INDEX email_created_at_ix ON email (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX email_direction_ix ON email (workspace_id, direction, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX email_external_taken ON email (workspace_id, source, external_id) WHERE external_id IS NOT NULL;

CREATE INDEX email_from_key_ix ON email (workspace_id, from_key, id) WHERE deleted_at IS NULL;

CREATE INDEX email_owner_id_ix ON email (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX email_subject_key_ix ON email (workspace_id, subject_key, id) WHERE deleted_at IS NULL;

CREATE INDEX email_thread_id_ix ON email (workspace_id, thread_id, id) WHERE deleted_at IS NULL;

CREATE INDEX email_unmatched_ix ON email (workspace_id, at, id) WHERE unmatched AND deleted_at IS NULL;

CREATE INDEX email_updated_at_ix ON email (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX meeting_at_ix ON meeting (workspace_id, at, id) WHERE deleted_at IS NULL;

CREATE INDEX meeting_created_at_ix ON meeting (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX meeting_ends_at_ix ON meeting (workspace_id, ends_at, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX meeting_external_taken ON meeting (workspace_id, source, external_id) WHERE external_id IS NOT NULL;

CREATE INDEX meeting_owner_id_ix ON meeting (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX meeting_status_ix ON meeting (workspace_id, status, id) WHERE deleted_at IS NULL;

CREATE INDEX meeting_title_key_ix ON meeting (workspace_id, title_key, id) WHERE deleted_at IS NULL;

CREATE INDEX meeting_unmatched_ix ON meeting (workspace_id, at, id) WHERE unmatched AND deleted_at IS NULL;

CREATE INDEX meeting_updated_at_ix ON meeting (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX note_at_ix ON note (workspace_id, at, id) WHERE deleted_at IS NULL;

CREATE INDEX note_created_at_ix ON note (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX note_external_taken ON note (workspace_id, source, external_id) WHERE external_id IS NOT NULL;

CREATE INDEX note_owner_id_ix ON note (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX note_unmatched_ix ON note (workspace_id, at, id) WHERE unmatched AND deleted_at IS NULL;

CREATE INDEX note_updated_at_ix ON note (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX sms_at_ix ON sms (workspace_id, at, id) WHERE deleted_at IS NULL;

CREATE INDEX sms_created_at_ix ON sms (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX sms_direction_ix ON sms (workspace_id, direction, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX sms_external_taken ON sms (workspace_id, source, external_id) WHERE external_id IS NOT NULL;

CREATE INDEX sms_from_number_ix ON sms (workspace_id, from_number, id) WHERE deleted_at IS NULL;

CREATE INDEX sms_owner_id_ix ON sms (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX sms_to_number_ix ON sms (workspace_id, to_number, id) WHERE deleted_at IS NULL;

CREATE INDEX sms_unmatched_ix ON sms (workspace_id, at, id) WHERE unmatched AND deleted_at IS NULL;

CREATE INDEX sms_updated_at_ix ON sms (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX mention_note_id_ix ON mention (workspace_id, note_id);

CREATE INDEX mention_user_id_ix ON mention (workspace_id, user_id);

CREATE INDEX event_timeline_ix ON event (workspace_id, record_id, at, position);

CREATE INDEX deal_company_timeline_ix ON deal (workspace_id, company_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_contact_timeline_ix ON deal (workspace_id, contact_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_company_timeline_ix ON "case" (workspace_id, company_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_contact_timeline_ix ON "case" (workspace_id, contact_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_deal_timeline_ix ON "case" (workspace_id, deal_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_case_timeline_ix ON task (workspace_id, case_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_company_timeline_ix ON task (workspace_id, company_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_contact_timeline_ix ON task (workspace_id, contact_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_deal_timeline_ix ON task (workspace_id, deal_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_lead_timeline_ix ON task (workspace_id, lead_id, created_at, id) WHERE deleted_at IS NULL;
