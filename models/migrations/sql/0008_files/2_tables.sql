CREATE TABLE file (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  content_type TEXT COLLATE "C" NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT COLLATE "C" NOT NULL,
  width INTEGER,
  height INTEGER,
  owner_id UUID NOT NULL,
  upload_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT file_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT file_upload_taken UNIQUE (workspace_id, upload_id),
  CONSTRAINT file_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT,
  CONSTRAINT file_upload_id_fk FOREIGN KEY(workspace_id, upload_id) REFERENCES upload (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE file_attachment (
  workspace_id UUID NOT NULL,
  record_id UUID NOT NULL,
  record_kind TEXT COLLATE "C" NOT NULL,
  file_id UUID NOT NULL,
  CONSTRAINT file_attachment_pk PRIMARY KEY (workspace_id, record_id, file_id),
  CONSTRAINT file_attachment_file_id_fk FOREIGN KEY(workspace_id, file_id) REFERENCES file (workspace_id, id) ON DELETE CASCADE
);
