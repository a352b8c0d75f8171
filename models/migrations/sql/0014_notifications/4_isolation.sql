ALTER TABLE "notification" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "notification" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "notification" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "notification" TO "{app_role}";
