ALTER TABLE "task" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "task" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "task" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "task" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "task" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "task" TO "{app_role}";

ALTER TABLE "task_dependency" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "task_dependency" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "task_dependency" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "task_dependency" TO "{app_role}";
