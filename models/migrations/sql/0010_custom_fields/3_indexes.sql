CREATE INDEX custom_field_archived_at_ix ON custom_field (workspace_id, archived_at, id);

CREATE INDEX custom_field_created_at_ix ON custom_field (workspace_id, created_at, id);

CREATE INDEX custom_field_entity_ix ON custom_field (workspace_id, entity, id);

CREATE INDEX custom_field_label_key_ix ON custom_field (workspace_id, label_key, id);

CREATE INDEX custom_field_position_ix ON custom_field (workspace_id, position, id);

CREATE INDEX custom_field_type_ix ON custom_field (workspace_id, type, id);

CREATE INDEX custom_field_updated_at_ix ON custom_field (workspace_id, updated_at, id);

CREATE INDEX custom_value_key_ix ON custom_value (workspace_id, field_id, text_key, record_id);

CREATE UNIQUE INDEX custom_value_taken ON custom_value (workspace_id, field_id, unique_key) WHERE unique_key IS NOT NULL;
