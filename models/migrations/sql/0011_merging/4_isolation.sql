ALTER TABLE "external_id" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "external_id" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "external_id" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "external_id" TO "{app_role}";

ALTER TABLE "merged_record" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "merged_record" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "merged_record" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "merged_record" TO "{app_role}";

ALTER TABLE "tag" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "tag" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "tag" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "tag" TO "{app_role}";

ALTER TABLE "tagging" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "tagging" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "tagging" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "tagging" TO "{app_role}";

ALTER TABLE "saved_view" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "saved_view" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "saved_view" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "saved_view" TO "{app_role}";
