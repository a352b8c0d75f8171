DROP INDEX custom_value_key_ix;

CREATE UNIQUE INDEX custom_value_key_ix ON custom_value (workspace_id, field_id, text_key, record_id);
