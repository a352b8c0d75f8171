ALTER TABLE "file" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "file" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "file" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "file" TO "{app_role}";

ALTER TABLE "file_attachment" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "file_attachment" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "file_attachment" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "file_attachment" TO "{app_role}";
