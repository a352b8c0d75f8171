CREATE INDEX credential_subject_ix ON credential (workspace_id, subject_id);

CREATE INDEX due_work_at_ix ON due_work (at);

CREATE INDEX event_operation_ix ON event (workspace_id, operation_id);

CREATE INDEX event_record_ix ON event (workspace_id, entity, record_id, position);

CREATE INDEX idempotency_key_created_ix ON idempotency_key (workspace_id, created_at);

CREATE INDEX pipeline_created_at_ix ON pipeline (workspace_id, created_at, id);

CREATE INDEX pipeline_name_key_ix ON pipeline (workspace_id, name_key, id);

CREATE UNIQUE INDEX pipeline_name_taken ON pipeline (workspace_id, kind, name_key);

CREATE INDEX pipeline_position_ix ON pipeline (workspace_id, position, id);

CREATE INDEX pipeline_updated_at_ix ON pipeline (workspace_id, updated_at, id);

CREATE INDEX product_billing_type_ix ON product (workspace_id, billing_type, id) WHERE deleted_at IS NULL;

CREATE INDEX product_created_at_ix ON product (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX product_name_key_ix ON product (workspace_id, name_key, id) WHERE deleted_at IS NULL;

CREATE INDEX product_search_key_ix ON product USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX product_sku_key_ix ON product (workspace_id, sku_key, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX product_sku_taken ON product (workspace_id, sku_key) WHERE deleted_at IS NULL;

CREATE INDEX product_updated_at_ix ON product (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX user_created_at_ix ON "user" (workspace_id, created_at, id);

CREATE INDEX user_email_key_ix ON "user" (workspace_id, email_key, id);

CREATE UNIQUE INDEX user_email_taken ON "user" (workspace_id, email_key);

CREATE INDEX user_name_key_ix ON "user" (workspace_id, name_key, id);

CREATE INDEX user_role_ix ON "user" (workspace_id, role, id);

CREATE INDEX user_status_ix ON "user" (workspace_id, status, id);

CREATE INDEX user_updated_at_ix ON "user" (workspace_id, updated_at, id);

CREATE INDEX api_key_created_at_ix ON api_key (workspace_id, created_at, id);

CREATE INDEX api_key_owner_id_ix ON api_key (workspace_id, owner_id, id);

CREATE INDEX api_key_revoked_at_ix ON api_key (workspace_id, revoked_at, id);

CREATE INDEX api_key_updated_at_ix ON api_key (workspace_id, updated_at, id);

CREATE INDEX company_country_key_ix ON company (workspace_id, country_key, id) WHERE deleted_at IS NULL;

CREATE INDEX company_created_at_ix ON company (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX company_domain_key_ix ON company (workspace_id, domain_key, id) WHERE deleted_at IS NULL;

CREATE INDEX company_employee_count_ix ON company (workspace_id, employee_count, id) WHERE deleted_at IS NULL;

CREATE INDEX company_industry_key_ix ON company (workspace_id, industry_key, id) WHERE deleted_at IS NULL;

CREATE INDEX company_name_key_ix ON company (workspace_id, name_key, id) WHERE deleted_at IS NULL;

CREATE INDEX company_owner_id_ix ON company (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX company_search_key_ix ON company USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX company_updated_at_ix ON company (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX import_created_at_ix ON import (workspace_id, created_at, id);

CREATE INDEX import_owner_id_ix ON import (workspace_id, owner_id, id);

CREATE INDEX import_status_ix ON import (workspace_id, status, id);

CREATE INDEX import_updated_at_ix ON import (workspace_id, updated_at, id);

CREATE INDEX invitation_created_at_ix ON invitation (workspace_id, created_at, id);

CREATE INDEX invitation_email_key_ix ON invitation (workspace_id, email_key, id);

CREATE INDEX invitation_invited_by_id_ix ON invitation (workspace_id, invited_by_id, id);

CREATE INDEX invitation_updated_at_ix ON invitation (workspace_id, updated_at, id);

CREATE INDEX pipeline_stage_created_at_ix ON pipeline_stage (workspace_id, created_at, id);

CREATE INDEX pipeline_stage_name_key_ix ON pipeline_stage (workspace_id, name_key, id);

CREATE INDEX pipeline_stage_pipeline_id_ix ON pipeline_stage (workspace_id, pipeline_id, id);

CREATE INDEX pipeline_stage_position_ix ON pipeline_stage (workspace_id, position, id);

CREATE INDEX pipeline_stage_updated_at_ix ON pipeline_stage (workspace_id, updated_at, id);

CREATE INDEX product_price_created_at_ix ON product_price (workspace_id, created_at, id);

CREATE INDEX product_price_effective_from_ix ON product_price (workspace_id, effective_from, id);

CREATE INDEX product_price_product_id_ix ON product_price (workspace_id, product_id, id);

CREATE INDEX product_price_updated_at_ix ON product_price (workspace_id, updated_at, id);

CREATE INDEX session_user_id_ix ON session (workspace_id, user_id, id);

CREATE INDEX team_created_at_ix ON team (workspace_id, created_at, id);

CREATE INDEX team_manager_id_ix ON team (workspace_id, manager_id, id);

CREATE INDEX team_name_key_ix ON team (workspace_id, name_key, id);

CREATE UNIQUE INDEX team_name_taken ON team (workspace_id, name_key);

CREATE INDEX team_updated_at_ix ON team (workspace_id, updated_at, id);

CREATE INDEX upload_owner_id_ix ON upload (workspace_id, owner_id, id);

CREATE INDEX contact_created_at_ix ON contact (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX contact_email_key_ix ON contact (workspace_id, email_key, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX contact_email_taken ON contact (workspace_id, email_key) WHERE email_key <> '' AND NOT duplicate_allowed AND deleted_at IS NULL;

CREATE INDEX contact_name_key_ix ON contact (workspace_id, name_key, id) WHERE deleted_at IS NULL;

CREATE INDEX contact_owner_id_ix ON contact (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX contact_phone_ix ON contact (workspace_id, phone, id) WHERE deleted_at IS NULL;

CREATE INDEX contact_primary_company_id_ix ON contact (workspace_id, primary_company_id, id) WHERE deleted_at IS NULL;

CREATE INDEX contact_search_key_ix ON contact USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX contact_status_ix ON contact (workspace_id, status, id) WHERE deleted_at IS NULL;

CREATE INDEX contact_updated_at_ix ON contact (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX import_progress_import_id_ix ON import_progress (workspace_id, import_id);

CREATE INDEX import_row_error_import_id_ix ON import_row_error (workspace_id, import_id);

CREATE INDEX team_member_created_at_ix ON team_member (workspace_id, created_at, id);

CREATE INDEX team_member_team_id_ix ON team_member (workspace_id, team_id, id);

CREATE INDEX team_member_updated_at_ix ON team_member (workspace_id, updated_at, id);

CREATE INDEX team_member_user_id_ix ON team_member (workspace_id, user_id, id);

CREATE INDEX contact_company_company_id_ix ON contact_company (workspace_id, company_id, id);

CREATE INDEX contact_company_contact_id_ix ON contact_company (workspace_id, contact_id, id);

CREATE INDEX contact_company_created_at_ix ON contact_company (workspace_id, created_at, id);

CREATE INDEX contact_company_updated_at_ix ON contact_company (workspace_id, updated_at, id);

CREATE INDEX deal_close_date_ix ON deal (workspace_id, close_date, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_closed_at_ix ON deal (workspace_id, closed_at, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_company_id_ix ON deal (workspace_id, company_id, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_contact_id_ix ON deal (workspace_id, contact_id, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_created_at_ix ON deal (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_name_key_ix ON deal (workspace_id, name_key, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_owner_id_ix ON deal (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_pipeline_id_ix ON deal (workspace_id, pipeline_id, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_probability_ix ON deal (workspace_id, probability, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_search_key_ix ON deal USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX deal_stage_id_ix ON deal (workspace_id, stage_id, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_updated_at_ix ON deal (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX deal_value_milli_ix ON deal (workspace_id, value_milli, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_company_id_ix ON quote (workspace_id, company_id, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_contact_id_ix ON quote (workspace_id, contact_id, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_created_at_ix ON quote (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_deal_id_ix ON quote (workspace_id, deal_id, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_number_key_ix ON quote (workspace_id, number_key, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_owner_id_ix ON quote (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_search_key_ix ON quote USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX quote_status_ix ON quote (workspace_id, status, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_total_milli_ix ON quote (workspace_id, total_milli, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_updated_at_ix ON quote (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_valid_until_ix ON quote (workspace_id, valid_until, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_company_id_ix ON contract (workspace_id, company_id, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_contact_id_ix ON contract (workspace_id, contact_id, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_created_at_ix ON contract (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_deal_id_ix ON contract (workspace_id, deal_id, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_ends_on_ix ON contract (workspace_id, ends_on, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_number_key_ix ON contract (workspace_id, number_key, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_owner_id_ix ON contract (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_quote_id_ix ON contract (workspace_id, quote_id, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_search_key_ix ON contract USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX contract_starts_on_ix ON contract (workspace_id, starts_on, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_status_ix ON contract (workspace_id, status, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_type_ix ON contract (workspace_id, type, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_updated_at_ix ON contract (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX contract_value_milli_ix ON contract (workspace_id, value_milli, id) WHERE deleted_at IS NULL;

CREATE INDEX quote_line_created_at_ix ON quote_line (workspace_id, created_at, id);

CREATE INDEX quote_line_position_ix ON quote_line (workspace_id, position, id);

CREATE INDEX quote_line_product_id_ix ON quote_line (workspace_id, product_id, id);

CREATE INDEX quote_line_quote_id_ix ON quote_line (workspace_id, quote_id, id);

CREATE INDEX quote_line_updated_at_ix ON quote_line (workspace_id, updated_at, id);

CREATE INDEX contract_signer_contract_id_ix ON contract_signer (workspace_id, contract_id, id);

CREATE INDEX contract_signer_created_at_ix ON contract_signer (workspace_id, created_at, id);

CREATE INDEX contract_signer_position_ix ON contract_signer (workspace_id, position, id);

CREATE INDEX contract_signer_updated_at_ix ON contract_signer (workspace_id, updated_at, id);

CREATE INDEX invoice_balance_milli_ix ON invoice (workspace_id, balance_milli, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_company_id_ix ON invoice (workspace_id, company_id, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_contact_id_ix ON invoice (workspace_id, contact_id, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_contract_id_ix ON invoice (workspace_id, contract_id, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_created_at_ix ON invoice (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_deal_id_ix ON invoice (workspace_id, deal_id, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_due_date_ix ON invoice (workspace_id, due_date, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_issue_date_ix ON invoice (workspace_id, issue_date, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_number_key_ix ON invoice (workspace_id, number_key, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_owner_id_ix ON invoice (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_quote_id_ix ON invoice (workspace_id, quote_id, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_search_key_ix ON invoice USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX invoice_status_ix ON invoice (workspace_id, status, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_total_milli_ix ON invoice (workspace_id, total_milli, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_updated_at_ix ON invoice (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX invoice_line_created_at_ix ON invoice_line (workspace_id, created_at, id);

CREATE INDEX invoice_line_invoice_id_ix ON invoice_line (workspace_id, invoice_id, id);

CREATE INDEX invoice_line_position_ix ON invoice_line (workspace_id, position, id);

CREATE INDEX invoice_line_updated_at_ix ON invoice_line (workspace_id, updated_at, id);

CREATE INDEX payment_created_at_ix ON payment (workspace_id, created_at, id);

CREATE INDEX payment_invoice_id_ix ON payment (workspace_id, invoice_id, id);

CREATE INDEX payment_paid_on_ix ON payment (workspace_id, paid_on, id);

CREATE INDEX payment_updated_at_ix ON payment (workspace_id, updated_at, id);
