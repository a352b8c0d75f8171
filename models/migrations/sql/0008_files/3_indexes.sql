CREATE INDEX file_content_type_ix ON file (workspace_id, content_type, id) WHERE deleted_at IS NULL;

CREATE INDEX file_created_at_ix ON file (workspace_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX file_name_key_ix ON file (workspace_id, name_key, id) WHERE deleted_at IS NULL;

CREATE INDEX file_owner_id_ix ON file (workspace_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX file_size_ix ON file (workspace_id, size, id) WHERE deleted_at IS NULL;

CREATE INDEX file_updated_at_ix ON file (workspace_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX file_upload_id_ix ON file (workspace_id, upload_id, id) WHERE deleted_at IS NULL;

CREATE INDEX file_attachment_file_id_ix ON file_attachment (workspace_id, file_id);
