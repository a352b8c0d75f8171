CREATE INDEX business_hours_created_at_ix ON business_hours (workspace_id, created_at, id);

CREATE INDEX business_hours_opens_ix ON business_hours (workspace_id, opens, id);

CREATE INDEX business_hours_updated_at_ix ON business_hours (workspace_id, updated_at, id);

CREATE INDEX business_hours_weekday_ix ON business_hours (workspace_id, weekday, id);

CREATE INDEX case_status_archived_at_ix ON case_status (workspace_id, archived_at, id);

CREATE INDEX case_status_created_at_ix ON case_status (workspace_id, created_at, id);

CREATE INDEX case_status_name_key_ix ON case_status (workspace_id, name_key, id);

CREATE UNIQUE INDEX case_status_name_taken ON case_status (workspace_id, name_key) WHERE archived_at IS NULL;

CREATE INDEX case_status_position_ix ON case_status (workspace_id, position, id);

CREATE INDEX case_status_updated_at_ix ON case_status (workspace_id, updated_at, id);

CREATE INDEX case_template_archived_at_ix ON case_template (workspace_id, archived_at, id);

CREATE INDEX case_template_created_at_ix ON case_template (workspace_id, created_at, id);

CREATE INDEX case_template_name_key_ix ON case_template (workspace_id, name_key, id);

CREATE UNIQUE INDEX case_template_name_taken ON case_template (workspace_id, name_key) WHERE archived_at IS NULL;

CREATE INDEX case_template_updated_at_ix ON case_template (workspace_id, updated_at, id);

CREATE INDEX sla_policy_created_at_ix ON sla_policy (workspace_id, created_at, id);

CREATE INDEX sla_policy_updated_at_ix ON sla_policy (workspace_id, updated_at, id);

CREATE INDEX case_template_task_created_at_ix ON case_template_task (workspace_id, created_at, id);

CREATE INDEX case_template_task_position_ix ON case_template_task (workspace_id, position, id);

CREATE INDEX case_template_task_template_id_ix ON case_template_task (workspace_id, template_id, id);

CREATE INDEX case_template_task_updated_at_ix ON case_template_task (workspace_id, updated_at, id);

CREATE INDEX case_category_key_ix ON "case" (workspace_id, category_key, id) WHERE deleted_at IS NULL;

CREATE INDEX case_company_id_ix ON "case" (workspace_id, company_id, id) WHERE deleted_at IS NULL;

CREATE INDEX case_contact_id_ix ON "case" (workspace_id, contact_id, id) WHERE deleted_at IS NULL;

CREATE INDEX case_created_at_ix ON "case" (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_deal_id_ix ON "case" (workspace_id, deal_id, id) WHERE deleted_at IS NULL;

CREATE INDEX case_first_responded_at_ix ON "case" (workspace_id, first_responded_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_first_response_approaching_at_ix ON "case" (workspace_id, first_response_approaching_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_first_response_due_at_ix ON "case" (workspace_id, first_response_due_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_number_key_ix ON "case" (workspace_id, number_key, id) WHERE deleted_at IS NULL;

CREATE INDEX case_origin_ix ON "case" (workspace_id, origin, id) WHERE deleted_at IS NULL;

CREATE INDEX case_owner_id_ix ON "case" (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX case_paused_at_ix ON "case" (workspace_id, paused_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_priority_ix ON "case" (workspace_id, priority, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX case_rank_taken ON "case" (workspace_id, status_id, rank) WHERE deleted_at IS NULL;

CREATE INDEX case_resolution_approaching_at_ix ON "case" (workspace_id, resolution_approaching_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_resolution_due_at_ix ON "case" (workspace_id, resolution_due_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_resolved_at_ix ON "case" (workspace_id, resolved_at, id) WHERE deleted_at IS NULL;

CREATE INDEX case_search_key_ix ON "case" USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX case_status_id_ix ON "case" (workspace_id, status_id, id) WHERE deleted_at IS NULL;

CREATE INDEX case_subject_key_ix ON "case" (workspace_id, subject_key, id) WHERE deleted_at IS NULL;

CREATE INDEX case_team_id_ix ON "case" (workspace_id, team_id, id) WHERE deleted_at IS NULL;

CREATE INDEX case_template_id_ix ON "case" (workspace_id, template_id, id) WHERE deleted_at IS NULL;

CREATE INDEX case_updated_at_ix ON "case" (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX form_submission_case_id_ix ON form_submission (workspace_id, case_id, id);

CREATE INDEX form_submission_contact_id_ix ON form_submission (workspace_id, contact_id, id);

CREATE INDEX form_submission_created_at_ix ON form_submission (workspace_id, created_at, id);

CREATE INDEX form_submission_form_id_ix ON form_submission (workspace_id, form_id, id);

CREATE INDEX form_submission_lead_id_ix ON form_submission (workspace_id, lead_id, id);

CREATE INDEX form_submission_updated_at_ix ON form_submission (workspace_id, updated_at, id);

CREATE INDEX case_priority_key_ix ON "case" (workspace_id, priority_key, id) WHERE deleted_at IS NULL;
