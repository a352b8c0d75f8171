CREATE INDEX lead_assignment_rule_created_at_ix ON lead_assignment_rule (workspace_id, created_at, id);

CREATE INDEX lead_assignment_rule_fallback_team_id_ix ON lead_assignment_rule (workspace_id, fallback_team_id, id);

CREATE INDEX lead_assignment_rule_name_key_ix ON lead_assignment_rule (workspace_id, name_key, id);

CREATE INDEX lead_assignment_rule_position_ix ON lead_assignment_rule (workspace_id, position, id);

CREATE INDEX lead_assignment_rule_updated_at_ix ON lead_assignment_rule (workspace_id, updated_at, id);

CREATE INDEX web_form_archived_at_ix ON web_form (workspace_id, archived_at, id);

CREATE INDEX web_form_created_at_ix ON web_form (workspace_id, created_at, id);

CREATE INDEX web_form_name_key_ix ON web_form (workspace_id, name_key, id);

CREATE INDEX web_form_owner_id_ix ON web_form (workspace_id, owner_id, id);

CREATE INDEX web_form_team_id_ix ON web_form (workspace_id, team_id, id);

CREATE INDEX web_form_updated_at_ix ON web_form (workspace_id, updated_at, id);

CREATE INDEX lead_assignment_member_created_at_ix ON lead_assignment_member (workspace_id, created_at, id);

CREATE INDEX lead_assignment_member_position_ix ON lead_assignment_member (workspace_id, position, id);

CREATE INDEX lead_assignment_member_rule_id_ix ON lead_assignment_member (workspace_id, rule_id, id);

CREATE INDEX lead_assignment_member_updated_at_ix ON lead_assignment_member (workspace_id, updated_at, id);

CREATE INDEX lead_assignment_member_user_id_ix ON lead_assignment_member (workspace_id, user_id, id);

CREATE INDEX lead_company_name_key_ix ON lead (workspace_id, company_name_key, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_converted_at_ix ON lead (workspace_id, converted_at, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_converted_by_id_ix ON lead (workspace_id, converted_by_id, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_converted_company_id_ix ON lead (workspace_id, converted_company_id, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_converted_contact_id_ix ON lead (workspace_id, converted_contact_id, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_converted_deal_id_ix ON lead (workspace_id, converted_deal_id, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_country_key_ix ON lead (workspace_id, country_key, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_created_at_ix ON lead (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_email_key_ix ON lead (workspace_id, email_key, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_employee_count_ix ON lead (workspace_id, employee_count, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_form_id_ix ON lead (workspace_id, form_id, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_name_key_ix ON lead (workspace_id, name_key, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_origin_ix ON lead (workspace_id, origin, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_owner_id_ix ON lead (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_phone_ix ON lead (workspace_id, phone, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_pipeline_id_ix ON lead (workspace_id, pipeline_id, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX lead_rank_taken ON lead (workspace_id, stage_id, rank) WHERE deleted_at IS NULL;

CREATE INDEX lead_score_created_ix ON lead (workspace_id, score DESC, created_at DESC, id DESC) WHERE deleted_at IS NULL;

CREATE INDEX lead_score_ix ON lead (workspace_id, score, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_search_key_ix ON lead USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX lead_stage_entered_at_ix ON lead (workspace_id, stage_entered_at, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_stage_id_ix ON lead (workspace_id, stage_id, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_status_ix ON lead (workspace_id, status, id) WHERE deleted_at IS NULL;

CREATE INDEX lead_updated_at_ix ON lead (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
