ALTER TABLE "exchange_rate" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "exchange_rate" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "exchange_rate" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "exchange_rate" TO "{app_role}";

ALTER TABLE "stage_gate" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "stage_gate" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "stage_gate" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "stage_gate" TO "{app_role}";

ALTER TABLE "stage_task_template" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "stage_task_template" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "stage_task_template" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "stage_task_template" TO "{app_role}";

ALTER TABLE "gate_condition" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "gate_condition" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "gate_condition" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "gate_condition" TO "{app_role}";

ALTER TABLE "approval_request" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "approval_request" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "approval_request" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "approval_request" TO "{app_role}";

ALTER TABLE "stage_change" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "stage_change" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "stage_change" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "stage_change" TO "{app_role}";
