ALTER TABLE "timeline_entry" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "timeline_entry" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "timeline_entry" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "timeline_entry" TO "{app_role}";

ALTER TABLE "call" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "call" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "call" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "call" TO "{app_role}";

ALTER TABLE "email" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "email" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "email" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "email" TO "{app_role}";

ALTER TABLE "meeting" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "meeting" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "meeting" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "meeting" TO "{app_role}";

ALTER TABLE "note" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "note" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "note" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "note" TO "{app_role}";

ALTER TABLE "sms" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "sms" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "sms" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "sms" TO "{app_role}";

ALTER TABLE "mention" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "mention" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "mention" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "mention" TO "{app_role}";
