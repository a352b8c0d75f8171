ALTER TABLE "project_template" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "project_template" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "project_template" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "project_template" TO "{app_role}";

ALTER TABLE "project_template_milestone" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "project_template_milestone" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "project_template_milestone" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "project_template_milestone" TO "{app_role}";

ALTER TABLE "project_template_task" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "project_template_task" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "project_template_task" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "project_template_task" TO "{app_role}";

ALTER TABLE "project" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "project" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "project" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "project" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "project" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "project" TO "{app_role}";

ALTER TABLE "milestone" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "milestone" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "milestone" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "milestone" TO "{app_role}";

ALTER TABLE "project_member" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "project_member" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "project_member" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "project_member" TO "{app_role}";
