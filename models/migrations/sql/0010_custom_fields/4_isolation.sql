ALTER TABLE "custom_field" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "custom_field" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "custom_field" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "custom_field" TO "{app_role}";

ALTER TABLE "custom_value" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "custom_value" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "custom_value" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "custom_value" TO "{app_role}";
