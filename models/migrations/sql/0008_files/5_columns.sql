ALTER TABLE upload ADD COLUMN content_type TEXT COLLATE "C", ADD COLUMN width INTEGER, ADD COLUMN height INTEGER, ADD COLUMN flaw TEXT;

ALTER TABLE "user" ADD COLUMN avatar_file_id UUID, ADD CONSTRAINT user_avatar_file_id_fk FOREIGN KEY(workspace_id, avatar_file_id) REFERENCES file (workspace_id, id) ON DELETE RESTRICT;

ALTER TABLE workspace ADD COLUMN logo_file_id UUID, ADD CONSTRAINT workspace_logo_file_id_fk FOREIGN KEY(workspace_id, logo_file_id) REFERENCES file (workspace_id, id) ON DELETE RESTRICT;

CREATE INDEX user_avatar_file_id_ix ON "user" (workspace_id, avatar_file_id, id);

CREATE INDEX workspace_logo_file_id_ix ON workspace (workspace_id, logo_file_id);
