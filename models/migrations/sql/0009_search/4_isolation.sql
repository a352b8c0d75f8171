CREATE POLICY search ON "call" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "call" TO coeffection_search;

CREATE POLICY search ON "email" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "email" TO coeffection_search;

CREATE POLICY search ON "meeting" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "meeting" TO coeffection_search;

CREATE POLICY search ON "note" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "note" TO coeffection_search;

CREATE POLICY search ON "sms" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "sms" TO coeffection_search;

CREATE POLICY search ON "file" FOR SELECT TO coeffection_search USING (true);

GRANT SELECT ON "file" TO coeffection_search;

GRANT CREATE ON SCHEMA public TO coeffection_search;

ALTER FUNCTION search_ids(text, text[]) OWNER TO coeffection_search;

REVOKE CREATE ON SCHEMA public FROM coeffection_search;
