CREATE INDEX project_template_archived_at_ix ON project_template (workspace_id, archived_at, id);

CREATE INDEX project_template_created_at_ix ON project_template (workspace_id, created_at, id);

CREATE INDEX project_template_name_key_ix ON project_template (workspace_id, name_key, id);

CREATE INDEX project_template_updated_at_ix ON project_template (workspace_id, updated_at, id);

CREATE INDEX project_template_milestone_created_at_ix ON project_template_milestone (workspace_id, created_at, id);

CREATE INDEX project_template_milestone_position_ix ON project_template_milestone (workspace_id, position, id);

CREATE INDEX project_template_milestone_template_id_ix ON project_template_milestone (workspace_id, template_id, id);

CREATE INDEX project_template_milestone_updated_at_ix ON project_template_milestone (workspace_id, updated_at, id);

CREATE INDEX project_template_task_created_at_ix ON project_template_task (workspace_id, created_at, id);

CREATE INDEX project_template_task_milestone_id_ix ON project_template_task (workspace_id, milestone_id, id);

CREATE INDEX project_template_task_position_ix ON project_template_task (workspace_id, position, id);

CREATE INDEX project_template_task_template_id_ix ON project_template_task (workspace_id, template_id, id);

CREATE INDEX project_template_task_updated_at_ix ON project_template_task (workspace_id, updated_at, id);

CREATE INDEX project_company_id_ix ON project (workspace_id, company_id, id) WHERE deleted_at IS NULL;

CREATE INDEX project_completed_at_ix ON project (workspace_id, completed_at, id) WHERE deleted_at IS NULL;

CREATE INDEX project_contact_id_ix ON project (workspace_id, contact_id, id) WHERE deleted_at IS NULL;

CREATE INDEX project_created_at_ix ON project (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX project_deal_id_ix ON project (workspace_id, deal_id, id) WHERE deleted_at IS NULL;

CREATE INDEX project_ends_on_ix ON project (workspace_id, ends_on, id) WHERE deleted_at IS NULL;

CREATE INDEX project_name_key_ix ON project (workspace_id, name_key, id) WHERE deleted_at IS NULL;

CREATE INDEX project_owner_id_ix ON project (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX project_pipeline_id_ix ON project (workspace_id, pipeline_id, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX project_rank_taken ON project (workspace_id, stage_id, rank) WHERE deleted_at IS NULL;

CREATE INDEX project_search_key_ix ON project USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX project_stage_entered_at_ix ON project (workspace_id, stage_entered_at, id) WHERE deleted_at IS NULL;

CREATE INDEX project_stage_id_ix ON project (workspace_id, stage_id, id) WHERE deleted_at IS NULL;

CREATE INDEX project_starts_on_ix ON project (workspace_id, starts_on, id) WHERE deleted_at IS NULL;

CREATE INDEX project_updated_at_ix ON project (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX milestone_created_at_ix ON milestone (workspace_id, created_at, id);

CREATE INDEX milestone_position_ix ON milestone (workspace_id, position, id);

CREATE INDEX milestone_project_id_ix ON milestone (workspace_id, project_id, id);

CREATE INDEX milestone_updated_at_ix ON milestone (workspace_id, updated_at, id);

CREATE INDEX project_member_created_at_ix ON project_member (workspace_id, created_at, id);

CREATE INDEX project_member_project_id_ix ON project_member (workspace_id, project_id, id);

CREATE INDEX project_member_updated_at_ix ON project_member (workspace_id, updated_at, id);

CREATE INDEX project_member_user_id_ix ON project_member (workspace_id, user_id, id);
