ALTER TABLE "metric_snapshot" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "metric_snapshot" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "metric_snapshot" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "metric_snapshot" TO "{app_role}";

ALTER TABLE "dashboard" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "dashboard" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "dashboard" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "dashboard" TO "{app_role}";

ALTER TABLE "dashboard_share" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "dashboard_share" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "dashboard_share" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "dashboard_share" TO "{app_role}";

ALTER TABLE "dashboard_widget" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "dashboard_widget" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "dashboard_widget" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "dashboard_widget" TO "{app_role}";
