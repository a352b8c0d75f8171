ALTER TABLE "counter" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "counter" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "counter" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "counter" TO "{app_role}";

GRANT SELECT, INSERT, UPDATE, DELETE ON "credential" TO "{app_role}";

GRANT SELECT, INSERT, UPDATE, DELETE ON "due_work" TO "{app_role}";

ALTER TABLE "event" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "event" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "event" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT ON "event" TO "{app_role}";

GRANT SELECT, INSERT, UPDATE, DELETE ON "event_head" TO "{app_role}";

ALTER TABLE "idempotency_key" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "idempotency_key" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "idempotency_key" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "idempotency_key" TO "{app_role}";

GRANT SELECT, INSERT, UPDATE, DELETE ON "login" TO "{app_role}";

ALTER TABLE "pipeline" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "pipeline" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "pipeline" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "pipeline" TO "{app_role}";

ALTER TABLE "product" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "product" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "product" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "product" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "product" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "product" TO "{app_role}";

GRANT SELECT ON "test_clock" TO "{app_role}";

ALTER TABLE "user" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "user" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "user" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "user" TO "{app_role}";

ALTER TABLE "workspace" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "workspace" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "workspace" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "workspace" TO "{app_role}";

ALTER TABLE "api_key" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "api_key" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "api_key" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "api_key" TO "{app_role}";

ALTER TABLE "company" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "company" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "company" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "company" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "company" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "company" TO "{app_role}";

ALTER TABLE "import" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "import" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "import" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "import" TO "{app_role}";

ALTER TABLE "invitation" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "invitation" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "invitation" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "invitation" TO "{app_role}";

ALTER TABLE "pipeline_stage" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "pipeline_stage" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "pipeline_stage" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "pipeline_stage" TO "{app_role}";

ALTER TABLE "product_price" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "product_price" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "product_price" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "product_price" TO "{app_role}";

ALTER TABLE "session" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "session" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "session" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "session" TO "{app_role}";

ALTER TABLE "team" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "team" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "team" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "team" TO "{app_role}";

ALTER TABLE "upload" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "upload" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "upload" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "upload" TO "{app_role}";

ALTER TABLE "contact" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "contact" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "contact" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "contact" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "contact" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "contact" TO "{app_role}";

ALTER TABLE "import_progress" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "import_progress" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "import_progress" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "import_progress" TO "{app_role}";

ALTER TABLE "import_row_error" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "import_row_error" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "import_row_error" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "import_row_error" TO "{app_role}";

ALTER TABLE "team_member" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "team_member" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "team_member" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "team_member" TO "{app_role}";

ALTER TABLE "contact_company" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "contact_company" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "contact_company" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "contact_company" TO "{app_role}";

ALTER TABLE "deal" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "deal" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "deal" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "deal" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "deal" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "deal" TO "{app_role}";

ALTER TABLE "quote" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "quote" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "quote" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "quote" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "quote" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "quote" TO "{app_role}";

ALTER TABLE "contract" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "contract" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "contract" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "contract" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "contract" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "contract" TO "{app_role}";

ALTER TABLE "quote_line" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "quote_line" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "quote_line" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "quote_line" TO "{app_role}";

ALTER TABLE "contract_signer" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "contract_signer" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "contract_signer" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "contract_signer" TO "{app_role}";

ALTER TABLE "invoice" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "invoice" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "invoice" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

CREATE POLICY search ON "invoice" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "invoice" TO coeffection_search;

GRANT SELECT, INSERT, UPDATE, DELETE ON "invoice" TO "{app_role}";

ALTER TABLE "invoice_line" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "invoice_line" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "invoice_line" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "invoice_line" TO "{app_role}";

ALTER TABLE "payment" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "payment" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "payment" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON "payment" TO "{app_role}";

GRANT CREATE ON SCHEMA public TO coeffection_search;

ALTER FUNCTION search_ids(text, text[]) OWNER TO coeffection_search;

REVOKE CREATE ON SCHEMA public FROM coeffection_search;
