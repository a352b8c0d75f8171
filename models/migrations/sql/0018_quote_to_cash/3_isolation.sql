ALTER TABLE "contract_template" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "contract_template" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "contract_template" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "contract_template" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "contract_template" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "contract_template" FOR EACH ROW WHEN (length(NEW.body) > 2000) EXECUTE FUNCTION remember_texts('body');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "contract_template" FOR EACH ROW WHEN (OLD.body IS DISTINCT FROM NEW.body AND (length(OLD.body) > 2000 OR length(NEW.body) > 2000)) EXECUTE FUNCTION remember_texts('body');

ALTER TABLE "render_failure" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "render_failure" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "render_failure" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "render_failure" TO "{app_role}";

ALTER TABLE "role_setting" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "role_setting" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "role_setting" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "role_setting" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "role_setting" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

ALTER TABLE "product_tier" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "product_tier" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "product_tier" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "product_tier" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "product_tier" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

ALTER TABLE "quote_visitor" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "quote_visitor" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "quote_visitor" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "quote_visitor" TO "{app_role}";

ALTER TABLE "envelope" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "envelope" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "envelope" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "envelope" TO "{app_role}";

ALTER TABLE "signature_event" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "signature_event" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "signature_event" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "signature_event" TO "{app_role}";

ALTER TABLE "credit_memo" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "credit_memo" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "credit_memo" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "credit_memo" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "credit_memo" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

ALTER TABLE "document" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "document" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "document" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "document" TO "{app_role}";

ALTER TABLE "mail" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "mail" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "mail" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "mail" TO "{app_role}";

CREATE TRIGGER remember_delete AFTER DELETE ON "mail" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember();

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "mail" FOR EACH ROW WHEN (length(NEW.text) > 2000 OR length(NEW.html) > 2000) EXECUTE FUNCTION remember_texts('text', 'html');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "mail" FOR EACH ROW WHEN (OLD.text IS DISTINCT FROM NEW.text AND (length(OLD.text) > 2000 OR length(NEW.text) > 2000) OR OLD.html IS DISTINCT FROM NEW.html AND (length(OLD.html) > 2000 OR length(NEW.html) > 2000)) EXECUTE FUNCTION remember_texts('text', 'html');
