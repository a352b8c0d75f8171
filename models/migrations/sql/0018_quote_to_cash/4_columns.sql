ALTER TABLE product ADD COLUMN retired BOOLEAN DEFAULT false NOT NULL;

ALTER TABLE quote ADD COLUMN discount_percent NUMERIC;

ALTER TABLE quote ADD COLUMN terms TEXT;

ALTER TABLE quote ADD COLUMN home_currency TEXT COLLATE "C";

ALTER TABLE quote ADD COLUMN home_rate NUMERIC;

ALTER TABLE quote ADD COLUMN home_rate_on DATE;

ALTER TABLE quote ADD COLUMN approver_id UUID;

ALTER TABLE quote ADD COLUMN approval_requested_by_id UUID;

ALTER TABLE quote ADD COLUMN approval_comment TEXT;

ALTER TABLE quote ADD COLUMN approval_decided_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE quote ADD COLUMN approved_percent NUMERIC;

ALTER TABLE quote ADD COLUMN accepted_by_name TEXT;

ALTER TABLE quote ADD COLUMN accepted_by_id UUID;

ALTER TABLE quote ADD COLUMN declined_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE quote ADD COLUMN decline_reason TEXT;

ALTER TABLE quote ADD COLUMN link_key TEXT COLLATE "C";

ALTER TABLE quote ADD COLUMN view_count INTEGER DEFAULT '0' NOT NULL;

ALTER TABLE quote ADD COLUMN first_viewed_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE quote ADD COLUMN last_viewed_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE quote ADD CONSTRAINT quote_accepted_by_id_fk FOREIGN KEY(workspace_id, accepted_by_id) REFERENCES contact (workspace_id, id) ON DELETE RESTRICT;

ALTER TABLE quote ADD CONSTRAINT quote_approval_requested_by_id_fk FOREIGN KEY(workspace_id, approval_requested_by_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT;

ALTER TABLE quote ADD CONSTRAINT quote_approver_id_fk FOREIGN KEY(workspace_id, approver_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT;

ALTER TABLE quote_line ADD COLUMN list_price_rate NUMERIC;

ALTER TABLE quote_line ADD COLUMN tier_min_quantity NUMERIC;

ALTER TABLE quote_line ADD COLUMN tier_percent NUMERIC;

ALTER TABLE quote_line ADD COLUMN overridden_by_id UUID;

ALTER TABLE quote_line ADD COLUMN overridden_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE quote_line ADD COLUMN tax_percent NUMERIC;

ALTER TABLE quote_line ADD CONSTRAINT quote_line_overridden_by_id_fk FOREIGN KEY(workspace_id, overridden_by_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT;

ALTER TABLE quote_line ADD CONSTRAINT quote_line_tax_percent_check CHECK (tax_percent BETWEEN 0 AND 100);

ALTER TABLE contract ADD COLUMN template_id UUID;

ALTER TABLE contract ADD COLUMN body TEXT;

ALTER TABLE contract ADD COLUMN status_reason TEXT;

ALTER TABLE contract ADD COLUMN method TEXT COLLATE "C";

ALTER TABLE contract ADD COLUMN signed_file_id UUID;

ALTER TABLE contract ADD CONSTRAINT contract_method_check CHECK (method IN ('UPLOAD', 'SERVICE', 'DOCUSIGN'));

ALTER TABLE contract ADD CONSTRAINT contract_signed_file_id_fk FOREIGN KEY(workspace_id, signed_file_id) REFERENCES file (workspace_id, id) ON DELETE RESTRICT;

ALTER TABLE contract ADD CONSTRAINT contract_template_id_fk FOREIGN KEY(workspace_id, template_id) REFERENCES contract_template (workspace_id, id) ON DELETE RESTRICT;

ALTER TABLE contract_signer ADD COLUMN viewed_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE contract_signer ADD COLUMN declined_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE contract_signer ADD COLUMN decline_reason TEXT;

ALTER TABLE invoice ADD COLUMN discount_amount NUMERIC DEFAULT '0' NOT NULL;

ALTER TABLE invoice ADD COLUMN tax_percent NUMERIC;

ALTER TABLE invoice ADD COLUMN refunded_amount NUMERIC DEFAULT '0' NOT NULL;

ALTER TABLE invoice ADD COLUMN credited_amount NUMERIC DEFAULT '0' NOT NULL;

ALTER TABLE invoice ADD COLUMN bill_to_company TEXT;

ALTER TABLE invoice ADD COLUMN terms TEXT;

ALTER TABLE invoice ADD COLUMN paid_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE invoice ADD COLUMN overdue_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE invoice ADD COLUMN voided_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE invoice ADD COLUMN void_reason TEXT;

ALTER TABLE invoice ADD CONSTRAINT invoice_credited_amount_check CHECK (credited_amount >= 0);

ALTER TABLE invoice ADD CONSTRAINT invoice_refunded_amount_check CHECK (refunded_amount BETWEEN 0 AND paid_amount);

ALTER TABLE invoice_line ADD COLUMN product_id UUID;

ALTER TABLE invoice_line ADD COLUMN tax_percent NUMERIC;

ALTER TABLE invoice_line ADD CONSTRAINT invoice_line_product_id_fk FOREIGN KEY(workspace_id, product_id) REFERENCES product (workspace_id, id) ON DELETE RESTRICT;

ALTER TABLE payment ADD COLUMN source TEXT COLLATE "C" DEFAULT 'MANUAL' NOT NULL;

ALTER TABLE payment ADD COLUMN recorded_by_id UUID;

ALTER TABLE payment ADD CONSTRAINT payment_recorded_by_id_fk FOREIGN KEY(workspace_id, recorded_by_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT;

ALTER TABLE payment ADD CONSTRAINT payment_source_check CHECK (source IN ('MANUAL', 'QUICKBOOKS', 'NETSUITE'));

ALTER TABLE workspace ADD COLUMN address TEXT;

ALTER TABLE workspace ADD COLUMN locale TEXT DEFAULT 'en_US' NOT NULL;

ALTER TABLE workspace ADD COLUMN tax_percent NUMERIC DEFAULT '0' NOT NULL;

ALTER TABLE workspace ADD COLUMN quote_valid_days INTEGER DEFAULT '30' NOT NULL;

ALTER TABLE workspace ADD COLUMN quote_terms TEXT;

ALTER TABLE workspace ADD COLUMN payment_terms_days INTEGER DEFAULT '30' NOT NULL;

ALTER TABLE workspace ADD COLUMN contract_type TEXT COLLATE "C" DEFAULT 'MSA' NOT NULL;

ALTER TABLE workspace ADD COLUMN contract_auto_send BOOLEAN DEFAULT true NOT NULL;

ALTER TABLE workspace ADD COLUMN contract_signer_id UUID;

ALTER TABLE workspace ADD COLUMN invoice_won_deals BOOLEAN DEFAULT false NOT NULL;

ALTER TABLE workspace ADD CONSTRAINT workspace_contract_signer_id_fk FOREIGN KEY(workspace_id, contract_signer_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT;

ALTER TABLE workspace ADD CONSTRAINT workspace_contract_type_check CHECK (contract_type IN ('MSA', 'NDA', 'SOW'));

ALTER TABLE invoice DROP CONSTRAINT invoice_paid_amount_check;

ALTER TABLE invoice ADD CONSTRAINT invoice_paid_amount_check CHECK (paid_amount >= 0);

ALTER TABLE invoice ADD CONSTRAINT invoice_balance_check CHECK (paid_amount - refunded_amount + credited_amount <= total_amount);

ALTER TABLE invoice ADD CONSTRAINT invoice_total_check CHECK (total_amount = subtotal_amount - discount_amount + tax_amount);

ALTER TABLE invoice ADD CONSTRAINT invoice_quote_taken UNIQUE (workspace_id, quote_id);

ALTER TABLE invoice ALTER COLUMN balance_amount SET EXPRESSION AS (total_amount - paid_amount + refunded_amount - credited_amount);

ALTER TABLE invoice ALTER COLUMN balance_milli SET EXPRESSION AS (((total_amount - paid_amount + refunded_amount - credited_amount) * 1000)::bigint);
