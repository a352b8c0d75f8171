CREATE TABLE contract_template (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  is_default BOOLEAN DEFAULT false NOT NULL,
  body TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT contract_template_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT contract_template_type_check CHECK (type IN ('MSA', 'NDA', 'SOW'))
);

CREATE TABLE render_failure (
  workspace_id UUID NOT NULL,
  record_id UUID NOT NULL,
  record_version INTEGER NOT NULL,
  error TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT render_failure_pk PRIMARY KEY (workspace_id, record_id)
);

CREATE TABLE role_setting (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  discount_limit_percent NUMERIC NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT role_setting_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT role_setting_taken UNIQUE (workspace_id, role),
  CONSTRAINT role_setting_limit_check CHECK (discount_limit_percent BETWEEN 0 AND 100),
  CONSTRAINT role_setting_role_check CHECK (role IN ('REP', 'MANAGER', 'EXECUTIVE', 'ADMIN', 'FINANCE'))
);

CREATE TABLE product_tier (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  min_quantity NUMERIC NOT NULL,
  discount_percent NUMERIC NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT product_tier_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT product_tier_taken UNIQUE (workspace_id, product_id, min_quantity),
  CONSTRAINT product_tier_min_quantity_check CHECK (min_quantity > 0),
  CONSTRAINT product_tier_discount_percent_check CHECK (discount_percent BETWEEN 0 AND 100),
  CONSTRAINT product_tier_product_id_fk FOREIGN KEY(workspace_id, product_id) REFERENCES product (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE quote_visitor (
  workspace_id UUID NOT NULL,
  quote_id UUID NOT NULL,
  visitor TEXT COLLATE "C" NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT quote_visitor_pk PRIMARY KEY (workspace_id, quote_id, visitor),
  CONSTRAINT quote_visitor_quote_id_fk FOREIGN KEY(workspace_id, quote_id) REFERENCES quote (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE envelope (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  contract_id UUID NOT NULL,
  serial INTEGER NOT NULL,
  method TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  provider_id TEXT COLLATE "C",
  request JSONB,
  void_reason TEXT,
  void_told_at TIMESTAMP WITH TIME ZONE,
  error TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT envelope_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT envelope_serial_taken UNIQUE (workspace_id, contract_id, serial),
  CONSTRAINT envelope_contract_id_fk FOREIGN KEY(workspace_id, contract_id) REFERENCES contract (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT envelope_method_check CHECK (method IN ('UPLOAD', 'SERVICE', 'DOCUSIGN')),
  CONSTRAINT envelope_state_check CHECK (state IN ('QUEUED', 'SENT', 'COMPLETED', 'DECLINED', 'VOIDED', 'FAILED'))
);

CREATE TABLE signature_event (
  workspace_id UUID NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  event_id TEXT COLLATE "C" NOT NULL,
  envelope_id UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  signer_email TEXT,
  detail TEXT,
  happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT signature_event_pk PRIMARY KEY (workspace_id, provider, event_id),
  CONSTRAINT signature_event_provider_check CHECK (provider IN ('UPLOAD', 'SERVICE', 'DOCUSIGN')),
  CONSTRAINT signature_event_envelope_id_fk FOREIGN KEY(workspace_id, envelope_id) REFERENCES envelope (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT signature_event_kind_check CHECK (kind IN ('SENT', 'VIEWED', 'SIGNED', 'DECLINED', 'COMPLETED', 'VOIDED'))
);

CREATE TABLE credit_memo (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  invoice_id UUID NOT NULL,
  amount NUMERIC NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  refund BOOLEAN NOT NULL,
  reason TEXT NOT NULL,
  issued_on DATE NOT NULL,
  issued_by_id UUID,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT credit_memo_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT credit_memo_number_taken UNIQUE (workspace_id, number),
  CONSTRAINT credit_memo_amount_check CHECK (amount > 0),
  CONSTRAINT credit_memo_invoice_id_fk FOREIGN KEY(workspace_id, invoice_id) REFERENCES invoice (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT credit_memo_issued_by_id_fk FOREIGN KEY(workspace_id, issued_by_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE document (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  quote_id UUID,
  contract_id UUID,
  invoice_id UUID,
  record_version INTEGER NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  sha256 TEXT COLLATE "C" NOT NULL,
  size INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  rendered_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT document_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT document_about_check CHECK (num_nonnulls(quote_id, contract_id, invoice_id) = 1),
  CONSTRAINT document_quote_taken UNIQUE (workspace_id, quote_id, fingerprint),
  CONSTRAINT document_contract_taken UNIQUE (workspace_id, contract_id, fingerprint),
  CONSTRAINT document_invoice_taken UNIQUE (workspace_id, invoice_id, fingerprint),
  CONSTRAINT document_quote_id_fk FOREIGN KEY(workspace_id, quote_id) REFERENCES quote (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT document_contract_id_fk FOREIGN KEY(workspace_id, contract_id) REFERENCES contract (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT document_invoice_id_fk FOREIGN KEY(workspace_id, invoice_id) REFERENCES invoice (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE mail (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  owner_id UUID,
  quote_id UUID,
  contract_id UUID,
  invoice_id UUID,
  kind TEXT COLLATE "C" NOT NULL,
  recipients JSONB NOT NULL,
  reply_to TEXT,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT,
  with_document BOOLEAN DEFAULT false NOT NULL,
  document_id UUID,
  message_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  attempts INTEGER DEFAULT '0' NOT NULL,
  error TEXT,
  sent_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT mail_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT mail_about_check CHECK (num_nonnulls(quote_id, contract_id, invoice_id) <= 1),
  CONSTRAINT mail_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT mail_quote_id_fk FOREIGN KEY(workspace_id, quote_id) REFERENCES quote (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT mail_contract_id_fk FOREIGN KEY(workspace_id, contract_id) REFERENCES contract (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT mail_invoice_id_fk FOREIGN KEY(workspace_id, invoice_id) REFERENCES invoice (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT mail_document_id_fk FOREIGN KEY(workspace_id, document_id) REFERENCES document (workspace_id, id) ON DELETE SET NULL (document_id),
  CONSTRAINT mail_state_check CHECK (state IN ('QUEUED', 'SENT', 'FAILED'))
);
