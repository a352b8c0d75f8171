CREATE TABLE counter (
  workspace_id UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  year INTEGER NOT NULL,
  value BIGINT NOT NULL,
  CONSTRAINT counter_pk PRIMARY KEY (workspace_id, kind, year)
);

CREATE TABLE credential (
  hash BYTEA NOT NULL,
  workspace_id UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  subject_id UUID NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT credential_pk PRIMARY KEY (hash, workspace_id)
);

CREATE TABLE due_work (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  subject_id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  leased_until TIMESTAMP WITH TIME ZONE,
  attempts INTEGER DEFAULT '0' NOT NULL,
  last_error TEXT,
  CONSTRAINT due_work_pk PRIMARY KEY (workspace_id, id)
);

CREATE TABLE event (
  workspace_id UUID NOT NULL,
  position BIGINT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  entity TEXT COLLATE "C" NOT NULL,
  record_id UUID NOT NULL,
  actor_kind TEXT COLLATE "C" NOT NULL,
  actor_id UUID,
  request_id TEXT NOT NULL,
  operation_id UUID NOT NULL,
  import_id UUID,
  changes JSONB NOT NULL,
  data JSONB DEFAULT '{}' NOT NULL,
  CONSTRAINT event_pk PRIMARY KEY (workspace_id, position)
);

CREATE TABLE event_head (
  workspace_id UUID NOT NULL,
  position BIGINT DEFAULT '0' NOT NULL,
  access_epoch BIGINT DEFAULT '0' NOT NULL,
  CONSTRAINT event_head_pk PRIMARY KEY (workspace_id)
);

CREATE TABLE idempotency_key (
  workspace_id UUID NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  request_hash BYTEA NOT NULL,
  result JSONB,
  operation_id UUID NOT NULL,
  position BIGINT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT idempotency_key_pk PRIMARY KEY (workspace_id, key)
);

CREATE TABLE login (
  workspace_id UUID NOT NULL,
  user_id UUID NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  password_hash TEXT NOT NULL,
  demo BOOLEAN DEFAULT false NOT NULL,
  CONSTRAINT login_pk PRIMARY KEY (workspace_id, user_id),
  CONSTRAINT login_email_taken UNIQUE (email_key, workspace_id)
);

CREATE TABLE pipeline (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  position INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT pipeline_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT pipeline_kind_check CHECK (kind IN ('DEAL', 'LEAD', 'PROJECT'))
);

CREATE TABLE product (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  sku TEXT NOT NULL,
  sku_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(sku)) STORED NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  description TEXT,
  billing_type TEXT COLLATE "C" NOT NULL,
  search_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(' ' || name || ' ' || sku)) STORED NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT product_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT product_billing_type_check CHECK (billing_type IN ('ONE_TIME', 'RECURRING'))
);

CREATE TABLE test_clock (
  id BOOLEAN DEFAULT true NOT NULL,
  offset_seconds BIGINT NOT NULL,
  CONSTRAINT test_clock_pk PRIMARY KEY (id),
  CONSTRAINT test_clock_single_row_check CHECK (id)
);

CREATE TABLE "user" (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(email)) STORED NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  name TEXT GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(first_name || ' ' || last_name)) STORED NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT user_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT user_role_check CHECK (role IN ('REP', 'MANAGER', 'EXECUTIVE', 'ADMIN', 'FINANCE')),
  CONSTRAINT user_status_check CHECK (status IN ('ACTIVE', 'DEACTIVATED'))
);

CREATE TABLE workspace (
  workspace_id UUID NOT NULL,
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  industry TEXT,
  plan TEXT COLLATE "C" NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT workspace_pk PRIMARY KEY (workspace_id),
  CONSTRAINT workspace_plan_check CHECK (plan IN ('STARTER', 'PROFESSIONAL', 'ENTERPRISE'))
);

CREATE TABLE api_key (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  hint TEXT COLLATE "C" NOT NULL,
  owner_id UUID NOT NULL,
  last_used_at TIMESTAMP WITH TIME ZONE,
  revoked_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT api_key_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT api_key_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE company (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  domain TEXT,
  domain_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(coalesce(domain, ''))) STORED NOT NULL,
  phone TEXT,
  industry TEXT,
  industry_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(coalesce(industry, ''))) STORED NOT NULL,
  employee_count INTEGER,
  street TEXT,
  city TEXT,
  state TEXT,
  postcode TEXT,
  country TEXT,
  country_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(coalesce(country, ''))) STORED NOT NULL,
  owner_id UUID,
  search_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(' ' || name || ' ' || coalesce(domain, ''))) STORED NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT company_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT company_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE import (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  entity TEXT COLLATE "C" NOT NULL,
  file_name TEXT NOT NULL,
  upload_id UUID NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  owner_id UUID NOT NULL,
  columns JSONB NOT NULL,
  mapping JSONB NOT NULL,
  start_workflows BOOLEAN DEFAULT false NOT NULL,
  started_at TIMESTAMP WITH TIME ZONE,
  finished_at TIMESTAMP WITH TIME ZONE,
  error TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT import_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT import_status_check CHECK (status IN ('MAPPING', 'QUEUED', 'RUNNING', 'COMPLETED', 'FAILED')),
  CONSTRAINT import_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE invitation (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(email)) STORED NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  team_ids JSONB NOT NULL,
  invited_by_id UUID NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  accepted_at TIMESTAMP WITH TIME ZONE,
  revoked_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT invitation_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT invitation_role_check CHECK (role IN ('REP', 'MANAGER', 'EXECUTIVE', 'ADMIN', 'FINANCE')),
  CONSTRAINT invitation_invited_by_id_fk FOREIGN KEY(workspace_id, invited_by_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE pipeline_stage (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  pipeline_id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  position INTEGER NOT NULL,
  probability INTEGER NOT NULL,
  color TEXT NOT NULL,
  category TEXT COLLATE "C" NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT pipeline_stage_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT pipeline_stage_probability_check CHECK (probability BETWEEN 0 AND 100),
  CONSTRAINT pipeline_stage_position_taken UNIQUE (workspace_id, pipeline_id, position) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT pipeline_stage_of_pipeline UNIQUE (workspace_id, pipeline_id, id),
  CONSTRAINT pipeline_stage_pipeline_id_fk FOREIGN KEY(workspace_id, pipeline_id) REFERENCES pipeline (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT pipeline_stage_category_check CHECK (category IN ('OPEN', 'WON', 'LOST'))
);

CREATE TABLE product_price (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  amount NUMERIC NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  effective_from DATE NOT NULL,
  effective_to DATE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT product_price_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT product_price_amount_check CHECK (amount >= 0),
  CONSTRAINT product_price_effective_to_check CHECK (effective_to > effective_from),
  CONSTRAINT product_price_overlap EXCLUDE USING gist (workspace_id WITH =, product_id WITH =, currency WITH =, daterange(effective_from, effective_to) WITH &&),
  CONSTRAINT product_price_product_id_fk FOREIGN KEY(workspace_id, product_id) REFERENCES product (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE session (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  user_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ip TEXT,
  user_agent TEXT,
  CONSTRAINT session_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT session_user_id_fk FOREIGN KEY(workspace_id, user_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE team (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  manager_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT team_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT team_manager_id_fk FOREIGN KEY(workspace_id, manager_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE upload (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  owner_id UUID NOT NULL,
  file_name TEXT NOT NULL,
  size BIGINT,
  sha256 TEXT COLLATE "C",
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT upload_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT upload_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE contact (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  name TEXT GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(first_name || ' ' || last_name)) STORED NOT NULL,
  job_title TEXT,
  email TEXT,
  email_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(coalesce(email, ''))) STORED NOT NULL,
  phone TEXT,
  status TEXT COLLATE "C" NOT NULL,
  owner_id UUID,
  primary_company_id UUID,
  duplicate_allowed BOOLEAN DEFAULT false NOT NULL,
  search_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(' ' || first_name || ' ' || last_name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''))) STORED NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT contact_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT contact_email_or_phone_check CHECK (email IS NOT NULL OR phone IS NOT NULL),
  CONSTRAINT contact_status_check CHECK (status IN ('LEAD', 'PROSPECT', 'CUSTOMER', 'CHURNED')),
  CONSTRAINT contact_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT contact_primary_company_id_fk FOREIGN KEY(workspace_id, primary_company_id) REFERENCES company (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE import_progress (
  workspace_id UUID NOT NULL,
  import_id UUID NOT NULL,
  total_rows INTEGER NOT NULL,
  done_rows INTEGER DEFAULT '0' NOT NULL,
  created_rows INTEGER DEFAULT '0' NOT NULL,
  updated_rows INTEGER DEFAULT '0' NOT NULL,
  failed_rows INTEGER DEFAULT '0' NOT NULL,
  CONSTRAINT import_progress_pk PRIMARY KEY (workspace_id, import_id),
  CONSTRAINT import_progress_import_id_fk FOREIGN KEY(workspace_id, import_id) REFERENCES import (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE import_row_error (
  workspace_id UUID NOT NULL,
  import_id UUID NOT NULL,
  row INTEGER NOT NULL,
  "column" TEXT,
  code TEXT COLLATE "C" NOT NULL,
  reason TEXT NOT NULL,
  cells JSONB NOT NULL,
  CONSTRAINT import_row_error_pk PRIMARY KEY (workspace_id, import_id, row),
  CONSTRAINT import_row_error_import_id_fk FOREIGN KEY(workspace_id, import_id) REFERENCES import (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE team_member (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  team_id UUID NOT NULL,
  user_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT team_member_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT team_member_taken UNIQUE (workspace_id, team_id, user_id),
  CONSTRAINT team_member_team_id_fk FOREIGN KEY(workspace_id, team_id) REFERENCES team (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT team_member_user_id_fk FOREIGN KEY(workspace_id, user_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE contact_company (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  contact_id UUID NOT NULL,
  company_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT contact_company_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT contact_company_taken UNIQUE (workspace_id, contact_id, company_id),
  CONSTRAINT contact_company_contact_id_fk FOREIGN KEY(workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT contact_company_company_id_fk FOREIGN KEY(workspace_id, company_id) REFERENCES company (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE deal (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  pipeline_id UUID NOT NULL,
  stage_id UUID NOT NULL,
  value_amount NUMERIC NOT NULL,
  value_currency TEXT COLLATE "C" NOT NULL,
  value_milli BIGINT GENERATED ALWAYS AS ((value_amount * 1000)::bigint) STORED NOT NULL,
  probability INTEGER NOT NULL,
  probability_source TEXT COLLATE "C" NOT NULL,
  close_date DATE NOT NULL,
  closed_at TIMESTAMP WITH TIME ZONE,
  contact_id UUID,
  company_id UUID,
  owner_id UUID,
  search_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(' ' || name)) STORED NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT deal_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT deal_probability_check CHECK (probability BETWEEN 0 AND 100),
  CONSTRAINT deal_value_amount_check CHECK (value_amount >= 0),
  CONSTRAINT deal_stage_of_pipeline_fk FOREIGN KEY(workspace_id, pipeline_id, stage_id) REFERENCES pipeline_stage (workspace_id, pipeline_id, id),
  CONSTRAINT deal_pipeline_id_fk FOREIGN KEY(workspace_id, pipeline_id) REFERENCES pipeline (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT deal_stage_id_fk FOREIGN KEY(workspace_id, stage_id) REFERENCES pipeline_stage (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT deal_probability_source_check CHECK (probability_source IN ('STAGE', 'MANUAL')),
  CONSTRAINT deal_contact_id_fk FOREIGN KEY(workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT deal_company_id_fk FOREIGN KEY(workspace_id, company_id) REFERENCES company (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT deal_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE quote (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  deal_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  company_id UUID,
  owner_id UUID,
  status TEXT COLLATE "C" NOT NULL,
  approval_state TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  subtotal_amount NUMERIC NOT NULL,
  discount_amount NUMERIC NOT NULL,
  tax_percent NUMERIC NOT NULL,
  tax_amount NUMERIC NOT NULL,
  total_amount NUMERIC NOT NULL,
  total_milli BIGINT GENERATED ALWAYS AS ((total_amount * 1000)::bigint) STORED NOT NULL,
  valid_until DATE NOT NULL,
  sent_at TIMESTAMP WITH TIME ZONE,
  accepted_at TIMESTAMP WITH TIME ZONE,
  number_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(number)) STORED NOT NULL,
  search_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(' ' || number || ' ' || title)) STORED NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT quote_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT quote_number_taken UNIQUE (workspace_id, number),
  CONSTRAINT quote_total_check CHECK (total_amount = subtotal_amount - discount_amount + tax_amount),
  CONSTRAINT quote_deal_id_fk FOREIGN KEY(workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT quote_contact_id_fk FOREIGN KEY(workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT quote_company_id_fk FOREIGN KEY(workspace_id, company_id) REFERENCES company (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT quote_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT quote_status_check CHECK (status IN ('DRAFT', 'SENT', 'VIEWED', 'ACCEPTED', 'DECLINED', 'EXPIRED')),
  CONSTRAINT quote_approval_state_check CHECK (approval_state IN ('NOT_NEEDED', 'REQUIRED', 'APPROVED', 'REJECTED', 'ADJUSTED'))
);

CREATE TABLE contract (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  deal_id UUID,
  quote_id UUID,
  contact_id UUID,
  company_id UUID,
  owner_id UUID,
  currency TEXT COLLATE "C" NOT NULL,
  value_amount NUMERIC NOT NULL,
  value_milli BIGINT GENERATED ALWAYS AS ((value_amount * 1000)::bigint) STORED NOT NULL,
  starts_on DATE,
  ends_on DATE,
  sent_at TIMESTAMP WITH TIME ZONE,
  signed_at TIMESTAMP WITH TIME ZONE,
  number_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(number)) STORED NOT NULL,
  search_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(' ' || number || ' ' || title)) STORED NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT contract_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT contract_number_taken UNIQUE (workspace_id, number),
  CONSTRAINT contract_quote_taken UNIQUE (workspace_id, quote_id),
  CONSTRAINT contract_ends_on_check CHECK (ends_on >= starts_on),
  CONSTRAINT contract_type_check CHECK (type IN ('MSA', 'NDA', 'SOW')),
  CONSTRAINT contract_status_check CHECK (status IN ('DRAFT', 'SENT_FOR_SIGNATURE', 'PARTIALLY_SIGNED', 'FULLY_SIGNED', 'ACTIVE', 'EXPIRED', 'DECLINED', 'VOIDED')),
  CONSTRAINT contract_deal_id_fk FOREIGN KEY(workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT contract_quote_id_fk FOREIGN KEY(workspace_id, quote_id) REFERENCES quote (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT contract_contact_id_fk FOREIGN KEY(workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT contract_company_id_fk FOREIGN KEY(workspace_id, company_id) REFERENCES company (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT contract_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE quote_line (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  quote_id UUID NOT NULL,
  position INTEGER NOT NULL,
  product_id UUID,
  description TEXT NOT NULL,
  quantity NUMERIC NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  list_price_amount NUMERIC NOT NULL,
  unit_price_amount NUMERIC NOT NULL,
  discount_percent NUMERIC NOT NULL,
  total_amount NUMERIC NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT quote_line_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT quote_line_position_taken UNIQUE (workspace_id, quote_id, position) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT quote_line_quantity_check CHECK (quantity > 0),
  CONSTRAINT quote_line_discount_percent_check CHECK (discount_percent BETWEEN 0 AND 100),
  CONSTRAINT quote_line_quote_id_fk FOREIGN KEY(workspace_id, quote_id) REFERENCES quote (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT quote_line_product_id_fk FOREIGN KEY(workspace_id, product_id) REFERENCES product (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE contract_signer (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  contract_id UUID NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  party TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  signed_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT contract_signer_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT contract_signer_position_taken UNIQUE (workspace_id, contract_id, position),
  CONSTRAINT contract_signer_contract_id_fk FOREIGN KEY(workspace_id, contract_id) REFERENCES contract (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT contract_signer_party_check CHECK (party IN ('CUSTOMER', 'COMPANY')),
  CONSTRAINT contract_signer_status_check CHECK (status IN ('PENDING', 'SIGNED', 'DECLINED'))
);

CREATE TABLE invoice (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  deal_id UUID,
  contract_id UUID,
  quote_id UUID,
  contact_id UUID,
  company_id UUID,
  owner_id UUID,
  currency TEXT COLLATE "C" NOT NULL,
  subtotal_amount NUMERIC NOT NULL,
  tax_amount NUMERIC NOT NULL,
  total_amount NUMERIC NOT NULL,
  total_milli BIGINT GENERATED ALWAYS AS ((total_amount * 1000)::bigint) STORED NOT NULL,
  paid_amount NUMERIC NOT NULL,
  balance_amount NUMERIC GENERATED ALWAYS AS (total_amount - paid_amount) STORED NOT NULL,
  balance_milli BIGINT GENERATED ALWAYS AS (((total_amount - paid_amount) * 1000)::bigint) STORED NOT NULL,
  issue_date DATE NOT NULL,
  due_date DATE NOT NULL,
  terms_days INTEGER NOT NULL,
  bill_to_name TEXT NOT NULL,
  bill_to_email TEXT,
  sent_at TIMESTAMP WITH TIME ZONE,
  number_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(number)) STORED NOT NULL,
  search_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(' ' || number || ' ' || bill_to_name)) STORED NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT invoice_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT invoice_number_taken UNIQUE (workspace_id, number),
  CONSTRAINT invoice_contract_taken UNIQUE (workspace_id, contract_id),
  CONSTRAINT invoice_paid_amount_check CHECK (paid_amount BETWEEN 0 AND total_amount),
  CONSTRAINT invoice_due_date_check CHECK (due_date >= issue_date),
  CONSTRAINT invoice_status_check CHECK (status IN ('DRAFT', 'SENT', 'PARTIALLY_PAID', 'PAID', 'OVERDUE', 'VOID')),
  CONSTRAINT invoice_deal_id_fk FOREIGN KEY(workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT invoice_contract_id_fk FOREIGN KEY(workspace_id, contract_id) REFERENCES contract (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT invoice_quote_id_fk FOREIGN KEY(workspace_id, quote_id) REFERENCES quote (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT invoice_contact_id_fk FOREIGN KEY(workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT invoice_company_id_fk FOREIGN KEY(workspace_id, company_id) REFERENCES company (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT invoice_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE invoice_line (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  invoice_id UUID NOT NULL,
  position INTEGER NOT NULL,
  description TEXT NOT NULL,
  quantity NUMERIC NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  unit_price_amount NUMERIC NOT NULL,
  discount_percent NUMERIC NOT NULL,
  total_amount NUMERIC NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT invoice_line_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT invoice_line_position_taken UNIQUE (workspace_id, invoice_id, position),
  CONSTRAINT invoice_line_invoice_id_fk FOREIGN KEY(workspace_id, invoice_id) REFERENCES invoice (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE payment (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  invoice_id UUID NOT NULL,
  amount NUMERIC NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  paid_on DATE NOT NULL,
  method TEXT COLLATE "C" NOT NULL,
  reference TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT payment_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT payment_amount_check CHECK (amount > 0),
  CONSTRAINT payment_invoice_id_fk FOREIGN KEY(workspace_id, invoice_id) REFERENCES invoice (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT payment_method_check CHECK (method IN ('BANK_TRANSFER', 'CARD', 'CHECK', 'CASH', 'OTHER'))
);

ALTER TABLE contact ADD CONSTRAINT contact_primary_company_member_fk FOREIGN KEY(workspace_id, id, primary_company_id) REFERENCES contact_company (workspace_id, contact_id, company_id) DEFERRABLE INITIALLY DEFERRED;
