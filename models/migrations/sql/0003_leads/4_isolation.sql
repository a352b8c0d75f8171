ALTER TABLE "lead_assignment_rule" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "lead_assignment_rule" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "lead_assignment_rule" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_assignment_rule" TO "{app_role}";

ALTER TABLE "web_form" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "web_form" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "web_form" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "web_form" TO "{app_role}";

ALTER TABLE "lead_assignment_member" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "lead_assignment_member" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "lead_assignment_member" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_assignment_member" TO "{app_role}";

ALTER TABLE "lead" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "lead" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "lead" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "lead" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "lead" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "lead" TO "{app_role}";
