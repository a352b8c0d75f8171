ALTER TABLE "undo_row" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "undo_row" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "undo_row" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, DELETE ON "undo_row" TO "{app_role}";

ALTER TABLE "undone_act" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "undone_act" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "undone_act" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "undone_act" TO "{app_role}";
