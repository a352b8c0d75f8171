ALTER TABLE "consumer_offset" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "consumer_offset" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "consumer_offset" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "consumer_offset" TO "{app_role}";

ALTER TABLE "dead_letter" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "dead_letter" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "dead_letter" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "dead_letter" TO "{app_role}";

ALTER TABLE "effect" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "effect" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "effect" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "effect" TO "{app_role}";
