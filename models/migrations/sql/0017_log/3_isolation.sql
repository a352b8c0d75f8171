ALTER TABLE "event" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "event" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "event" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

ALTER TABLE "event_rest" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "event_rest" FORCE ROW LEVEL SECURITY;

CREATE POLICY isolation ON "event_rest" USING (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)) WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid));

GRANT SELECT, INSERT ON "event" TO "{app_role}";

REVOKE ALL ON FUNCTION extend_event_log(timestamptz) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION extend_event_log(timestamptz) TO "{app_role}";

REVOKE ALL ON FUNCTION cut_event_log(timestamptz) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION cut_event_log(timestamptz) TO "{app_role}";
