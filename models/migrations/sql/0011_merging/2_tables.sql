CREATE TABLE external_id (
  workspace_id UUID NOT NULL,
  record_id UUID NOT NULL,
  record_kind TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  CONSTRAINT external_id_pk PRIMARY KEY (workspace_id, record_id, source, value)
);

CREATE TABLE merged_record (
  workspace_id UUID NOT NULL,
  old_id UUID NOT NULL,
  record_kind TEXT COLLATE "C" NOT NULL,
  new_id UUID NOT NULL,
  merged_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT merged_record_pk PRIMARY KEY (workspace_id, old_id)
);

CREATE TABLE tag (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  color TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT tag_pk PRIMARY KEY (workspace_id, id)
);

CREATE TABLE tagging (
  workspace_id UUID NOT NULL,
  record_id UUID NOT NULL,
  record_kind TEXT COLLATE "C" NOT NULL,
  tag_id UUID NOT NULL,
  CONSTRAINT tagging_pk PRIMARY KEY (workspace_id, record_id, tag_id),
  CONSTRAINT tagging_tag_id_fk FOREIGN KEY(workspace_id, tag_id) REFERENCES tag (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE saved_view (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  record_type TEXT COLLATE "C" NOT NULL,
  owner_id UUID NOT NULL,
  sharing TEXT COLLATE "C" NOT NULL,
  team_id UUID,
  filter JSONB NOT NULL,
  order_by JSONB NOT NULL,
  columns JSONB NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT saved_view_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT saved_view_team_check CHECK ((sharing = 'TEAM') = (team_id IS NOT NULL)),
  CONSTRAINT saved_view_record_type_check CHECK (record_type IN ('CONTACT', 'COMPANY', 'LEAD', 'DEAL', 'CASE', 'TASK', 'PROJECT', 'PRODUCT', 'QUOTE', 'CONTRACT', 'INVOICE')),
  CONSTRAINT saved_view_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT saved_view_sharing_check CHECK (sharing IN ('PRIVATE', 'TEAM', 'WORKSPACE')),
  CONSTRAINT saved_view_team_id_fk FOREIGN KEY(workspace_id, team_id) REFERENCES team (workspace_id, id) ON DELETE RESTRICT
);
