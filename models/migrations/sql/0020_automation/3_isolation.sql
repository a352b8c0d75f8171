ALTER TABLE "email_template" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "email_template" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "email_template" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "email_template" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "email_template" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "email_template" FOR EACH ROW WHEN (length(NEW.body) > 2000) EXECUTE FUNCTION remember_texts('body');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "email_template" FOR EACH ROW WHEN (OLD.body IS DISTINCT FROM NEW.body AND (length(OLD.body) > 2000 OR length(NEW.body) > 2000)) EXECUTE FUNCTION remember_texts('body');

ALTER TABLE "lead_score_weight" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "lead_score_weight" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "lead_score_weight" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_score_weight" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "lead_score_weight" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

ALTER TABLE "sequence" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "sequence" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "sequence" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "sequence" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "sequence" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

ALTER TABLE "tracking_key" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "tracking_key" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "tracking_key" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "tracking_key" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "tracking_key" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

ALTER TABLE "notification_setting" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "notification_setting" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "notification_setting" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "notification_setting" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "notification_setting" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

ALTER TABLE "sequence_step" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "sequence_step" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "sequence_step" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "sequence_step" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "sequence_step" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "sequence_step" FOR EACH ROW WHEN (length(NEW.description) > 2000) EXECUTE FUNCTION remember_texts('description');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "sequence_step" FOR EACH ROW WHEN (OLD.description IS DISTINCT FROM NEW.description AND (length(OLD.description) > 2000 OR length(NEW.description) > 2000)) EXECUTE FUNCTION remember_texts('description');

ALTER TABLE "workflow" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "workflow" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "workflow" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "workflow" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "workflow" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

ALTER TABLE "workflow_revision" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "workflow_revision" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "workflow_revision" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "workflow_revision" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "workflow_revision" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

ALTER TABLE "workflow_run" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "workflow_run" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "workflow_run" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "workflow_run" TO "{app_role}";

ALTER TABLE "workflow_step" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "workflow_step" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "workflow_step" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "workflow_step" TO "{app_role}";

ALTER TABLE "lead_signal" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "lead_signal" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "lead_signal" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_signal" TO "{app_role}";

ALTER TABLE "page_visit" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "page_visit" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "page_visit" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "page_visit" TO "{app_role}";

ALTER TABLE "sequence_enrollment" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "sequence_enrollment" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "sequence_enrollment" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "sequence_enrollment" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "sequence_enrollment" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

ALTER TABLE "inbound_mail" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "inbound_mail" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "inbound_mail" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "inbound_mail" TO "{app_role}";

ALTER TABLE "email_file" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "email_file" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "email_file" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "email_file" TO "{app_role}";

CREATE TRIGGER remember_insert AFTER INSERT ON "email_file" REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION remember();

CREATE TRIGGER remember_delete AFTER DELETE ON "email_file" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

CREATE TRIGGER remember_update AFTER UPDATE ON "email_file" FOR EACH ROW EXECUTE FUNCTION remember();
