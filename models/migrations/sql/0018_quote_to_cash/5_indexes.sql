CREATE INDEX product_retired_ix ON product (workspace_id, retired, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_accepted_by_id_ix ON quote (workspace_id, accepted_by_id, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_approval_requested_by_id_ix ON quote (workspace_id, approval_requested_by_id, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_approval_state_ix ON quote (workspace_id, approval_state, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_approver_id_ix ON quote (workspace_id, approver_id, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_line_overridden_by_id_ix ON quote_line (workspace_id, overridden_by_id, id);

CREATE INDEX contract_signed_file_id_ix ON contract (workspace_id, signed_file_id, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_template_id_ix ON contract (workspace_id, template_id, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_line_product_id_ix ON invoice_line (workspace_id, product_id, id);

CREATE INDEX payment_recorded_by_id_ix ON payment (workspace_id, recorded_by_id, id);

CREATE INDEX workspace_contract_signer_id_ix ON workspace (workspace_id, contract_signer_id);
