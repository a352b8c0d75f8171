CREATE TABLE not_duplicate (
  workspace_id UUID NOT NULL,
  record_id UUID NOT NULL,
  record_kind TEXT COLLATE "C" NOT NULL,
  other_id UUID NOT NULL,
  said_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT not_duplicate_pk PRIMARY KEY (workspace_id, record_id, other_id)
);

ALTER TABLE "not_duplicate" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "not_duplicate" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "not_duplicate" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "not_duplicate" TO "{app_role}";
