CREATE INDEX exchange_rate_created_at_ix ON exchange_rate (workspace_id, created_at, id);

CREATE INDEX exchange_rate_currency_key_ix ON exchange_rate (workspace_id, currency_key, id);

CREATE INDEX exchange_rate_updated_at_ix ON exchange_rate (workspace_id, updated_at, id);

CREATE INDEX exchange_rate_valid_on_ix ON exchange_rate (workspace_id, valid_on, id);

CREATE INDEX stage_gate_created_at_ix ON stage_gate (workspace_id, created_at, id);

CREATE INDEX stage_gate_stage_id_ix ON stage_gate (workspace_id, stage_id, id);

CREATE INDEX stage_gate_updated_at_ix ON stage_gate (workspace_id, updated_at, id);

CREATE INDEX stage_task_template_created_at_ix ON stage_task_template (workspace_id, created_at, id);

CREATE INDEX stage_task_template_position_ix ON stage_task_template (workspace_id, position, id);

CREATE INDEX stage_task_template_stage_id_ix ON stage_task_template (workspace_id, stage_id, id);

CREATE INDEX stage_task_template_team_id_ix ON stage_task_template (workspace_id, team_id, id);

CREATE INDEX stage_task_template_updated_at_ix ON stage_task_template (workspace_id, updated_at, id);

CREATE INDEX stage_task_template_user_id_ix ON stage_task_template (workspace_id, user_id, id);

CREATE INDEX gate_condition_approver_id_ix ON gate_condition (workspace_id, approver_id, id);

CREATE INDEX gate_condition_created_at_ix ON gate_condition (workspace_id, created_at, id);

CREATE INDEX gate_condition_gate_id_ix ON gate_condition (workspace_id, gate_id, id);

CREATE INDEX gate_condition_position_ix ON gate_condition (workspace_id, position, id);

CREATE INDEX gate_condition_task_title_key_ix ON gate_condition (workspace_id, task_title_key, id);

CREATE INDEX gate_condition_updated_at_ix ON gate_condition (workspace_id, updated_at, id);

CREATE INDEX approval_request_approver_id_ix ON approval_request (workspace_id, approver_id, id);

CREATE INDEX approval_request_condition_id_ix ON approval_request (workspace_id, condition_id, id);

CREATE INDEX approval_request_created_at_ix ON approval_request (workspace_id, created_at, id);

CREATE INDEX approval_request_deal_id_ix ON approval_request (workspace_id, deal_id, id);

CREATE INDEX approval_request_decided_by_id_ix ON approval_request (workspace_id, decided_by_id, id);

CREATE INDEX approval_request_decision_ix ON approval_request (workspace_id, decision, id);

CREATE UNIQUE INDEX approval_request_pending_taken ON approval_request (workspace_id, deal_id, condition_id) WHERE decision = 'PENDING';

CREATE INDEX approval_request_requested_by_id_ix ON approval_request (workspace_id, requested_by_id, id);

CREATE INDEX approval_request_stage_id_ix ON approval_request (workspace_id, stage_id, id);

CREATE INDEX approval_request_updated_at_ix ON approval_request (workspace_id, updated_at, id);

CREATE INDEX stage_change_by_id_ix ON stage_change (workspace_id, by_id, id);

CREATE INDEX stage_change_created_at_ix ON stage_change (workspace_id, created_at, id);

CREATE INDEX stage_change_deal_id_ix ON stage_change (workspace_id, deal_id, id);

CREATE INDEX stage_change_entered_at_ix ON stage_change (workspace_id, entered_at, id);

CREATE INDEX stage_change_from_stage_id_ix ON stage_change (workspace_id, from_stage_id, id);

CREATE INDEX stage_change_to_stage_id_ix ON stage_change (workspace_id, to_stage_id, id);

CREATE INDEX stage_change_updated_at_ix ON stage_change (workspace_id, updated_at, id);
