CREATE INDEX task_case_id_ix ON task (workspace_id, case_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_claimed_from_id_ix ON task (workspace_id, claimed_from_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_company_id_ix ON task (workspace_id, company_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_completed_at_ix ON task (workspace_id, completed_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_contact_id_ix ON task (workspace_id, contact_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_created_at_ix ON task (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_deal_id_ix ON task (workspace_id, deal_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_due_at_ix ON task (workspace_id, due_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_gate_condition_id_ix ON task (workspace_id, gate_condition_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_lead_id_ix ON task (workspace_id, lead_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_milestone_id_ix ON task (workspace_id, milestone_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_owner_id_ix ON task (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_position_ix ON task (workspace_id, position, id) WHERE deleted_at IS NULL;

CREATE INDEX task_priority_ix ON task (workspace_id, priority, id) WHERE deleted_at IS NULL;

CREATE INDEX task_project_id_ix ON task (workspace_id, project_id, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX task_rank_taken ON task (workspace_id, status, rank) WHERE deleted_at IS NULL;

CREATE INDEX task_search_key_ix ON task USING gin (workspace_id, search_key gin_trgm_ops);

CREATE UNIQUE INDEX task_spawned_taken ON task (workspace_id, stage_change_id, template_id);

CREATE INDEX task_stage_change_id_ix ON task (workspace_id, stage_change_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_status_ix ON task (workspace_id, status, id) WHERE deleted_at IS NULL;

CREATE INDEX task_team_id_ix ON task (workspace_id, team_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_template_id_ix ON task (workspace_id, template_id, id) WHERE deleted_at IS NULL;

CREATE INDEX task_title_key_ix ON task (workspace_id, title_key, id) WHERE deleted_at IS NULL;

CREATE INDEX task_updated_at_ix ON task (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX task_dependency_blocked_id_ix ON task_dependency (workspace_id, blocked_id, id);

CREATE INDEX task_dependency_blocker_id_ix ON task_dependency (workspace_id, blocker_id, id);

CREATE INDEX task_dependency_created_at_ix ON task_dependency (workspace_id, created_at, id);

CREATE INDEX task_dependency_updated_at_ix ON task_dependency (workspace_id, updated_at, id);

CREATE INDEX task_priority_key_ix ON task (workspace_id, priority_key, id) WHERE deleted_at IS NULL;

CREATE INDEX task_status_key_ix ON task (workspace_id, status_key, id) WHERE deleted_at IS NULL;
