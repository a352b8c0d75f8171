CREATE TABLE custom_field (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  entity TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  label TEXT NOT NULL,
  label_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(label)) STORED NOT NULL,
  description TEXT,
  type TEXT COLLATE "C" NOT NULL,
  lookup TEXT COLLATE "C",
  required BOOLEAN NOT NULL,
  is_unique BOOLEAN NOT NULL,
  options JSONB DEFAULT '[]' NOT NULL,
  position INTEGER NOT NULL,
  archived_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT custom_field_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT custom_field_key_taken UNIQUE (workspace_id, entity, key),
  CONSTRAINT custom_field_lookup_of_type_check CHECK ((type = 'LOOKUP') = (lookup IS NOT NULL)),
  CONSTRAINT custom_field_entity_check CHECK (entity IN ('CONTACT', 'COMPANY', 'LEAD', 'DEAL', 'CASE', 'TASK', 'PROJECT', 'PRODUCT', 'QUOTE', 'CONTRACT', 'INVOICE')),
  CONSTRAINT custom_field_type_check CHECK (type IN ('TEXT', 'NUMBER', 'CURRENCY', 'DATE', 'SELECT', 'MULTI_SELECT', 'CHECKBOX', 'URL', 'EMAIL', 'PHONE', 'LOOKUP')),
  CONSTRAINT custom_field_lookup_check CHECK (lookup IN ('CONTACT', 'COMPANY', 'LEAD', 'DEAL', 'CASE', 'TASK', 'PROJECT', 'PRODUCT', 'QUOTE', 'CONTRACT', 'INVOICE'))
);

CREATE TABLE custom_value (
  workspace_id UUID NOT NULL,
  record_id UUID NOT NULL,
  field_id UUID NOT NULL,
  ord SMALLINT NOT NULL,
  text_key TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C",
  unique_key TEXT COLLATE "C",
  CONSTRAINT custom_value_pk PRIMARY KEY (workspace_id, record_id, field_id, ord),
  CONSTRAINT custom_value_field_id_fk FOREIGN KEY(workspace_id, field_id) REFERENCES custom_field (workspace_id, id) ON DELETE CASCADE
);
