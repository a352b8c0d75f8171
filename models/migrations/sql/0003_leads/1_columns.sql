ALTER TABLE contact ADD COLUMN origin TEXT COLLATE "C" DEFAULT 'MANUAL' NOT NULL, ADD CONSTRAINT contact_origin_check CHECK (origin IN ('WEB_FORM', 'CAMPAIGN', 'EVENT', 'MANUAL', 'INTEGRATION'));

CREATE INDEX contact_origin_ix ON contact (workspace_id, origin, id) WHERE deleted_at IS NULL;
