CREATE INDEX contract_template_created_at_ix ON contract_template (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX contract_template_default_taken ON contract_template (workspace_id, type) WHERE is_default AND deleted_at IS NULL;

CREATE INDEX contract_template_deleted_ix ON contract_template (workspace_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

CREATE INDEX contract_template_name_key_ix ON contract_template (workspace_id, name_key, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX contract_template_name_taken ON contract_template (workspace_id, name_key) WHERE deleted_at IS NULL;

CREATE INDEX contract_template_type_ix ON contract_template (workspace_id, type, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_template_updated_at_ix ON contract_template (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX role_setting_created_at_ix ON role_setting (workspace_id, created_at, id);

CREATE INDEX role_setting_role_ix ON role_setting (workspace_id, role, id);

CREATE INDEX role_setting_updated_at_ix ON role_setting (workspace_id, updated_at, id);

CREATE INDEX product_tier_created_at_ix ON product_tier (workspace_id, created_at, id);

CREATE INDEX product_tier_product_id_ix ON product_tier (workspace_id, product_id, id);

CREATE INDEX product_tier_updated_at_ix ON product_tier (workspace_id, updated_at, id);

CREATE INDEX quote_visitor_quote_id_ix ON quote_visitor (workspace_id, quote_id);

CREATE INDEX signature_event_envelope_id_ix ON signature_event (workspace_id, envelope_id);

CREATE INDEX credit_memo_created_at_ix ON credit_memo (workspace_id, created_at, id);

CREATE INDEX credit_memo_invoice_id_ix ON credit_memo (workspace_id, invoice_id, id);

CREATE INDEX credit_memo_issued_by_id_ix ON credit_memo (workspace_id, issued_by_id, id);

CREATE INDEX credit_memo_issued_on_ix ON credit_memo (workspace_id, issued_on, id);

CREATE INDEX credit_memo_updated_at_ix ON credit_memo (workspace_id, updated_at, id);

CREATE INDEX document_contract_id_ix ON document (workspace_id, contract_id, id);

CREATE INDEX document_invoice_id_ix ON document (workspace_id, invoice_id, id);

CREATE INDEX document_quote_id_ix ON document (workspace_id, quote_id, id);

CREATE INDEX mail_contract_id_ix ON mail (workspace_id, contract_id, id);

CREATE INDEX mail_created_at_ix ON mail (workspace_id, created_at, id);

CREATE INDEX mail_document_id_ix ON mail (workspace_id, document_id, id);

CREATE INDEX mail_invoice_id_ix ON mail (workspace_id, invoice_id, id);

CREATE INDEX mail_owner_id_ix ON mail (workspace_id, owner_id, id);

CREATE INDEX mail_quote_id_ix ON mail (workspace_id, quote_id, id);

CREATE INDEX mail_sent_at_ix ON mail (workspace_id, sent_at, id);

CREATE INDEX mail_state_ix ON mail (workspace_id, state, id);

CREATE INDEX mail_updated_at_ix ON mail (workspace_id, updated_at, id);
