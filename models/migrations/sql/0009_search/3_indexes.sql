CREATE INDEX call_search_key_ix ON call USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX email_search_key_ix ON email USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX meeting_search_key_ix ON meeting USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX note_search_key_ix ON note USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX sms_search_key_ix ON sms USING gin (workspace_id, search_key gin_trgm_ops);

CREATE INDEX file_search_key_ix ON file USING gin (workspace_id, search_key gin_trgm_ops);
