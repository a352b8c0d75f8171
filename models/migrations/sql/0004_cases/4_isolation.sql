ALTER TABLE "business_hours" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "business_hours" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "business_hours" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "business_hours" TO "{app_role}";

ALTER TABLE "case_status" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "case_status" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "case_status" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "case_status" TO "{app_role}";

ALTER TABLE "case_template" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "case_template" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "case_template" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "case_template" TO "{app_role}";

ALTER TABLE "sla_policy" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "sla_policy" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "sla_policy" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "sla_policy" TO "{app_role}";

ALTER TABLE "case_template_task" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "case_template_task" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "case_template_task" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "case_template_task" TO "{app_role}";

ALTER TABLE "case" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "case" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "case" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "case" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "case" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "case" TO "{app_role}";

ALTER TABLE "form_submission" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "form_submission" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "form_submission" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "form_submission" TO "{app_role}";
