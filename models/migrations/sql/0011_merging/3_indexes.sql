CREATE UNIQUE INDEX external_id_taken ON external_id (workspace_id, record_kind, source, value);

CREATE INDEX merged_record_new_ix ON merged_record (workspace_id, new_id);

CREATE INDEX tag_created_at_ix ON tag (workspace_id, created_at, id);

CREATE INDEX tag_name_key_ix ON tag (workspace_id, name_key, id);

CREATE UNIQUE INDEX tag_name_taken ON tag (workspace_id, name_key);

CREATE INDEX tag_updated_at_ix ON tag (workspace_id, updated_at, id);

CREATE INDEX tagging_tag_id_ix ON tagging (workspace_id, tag_id);

CREATE INDEX saved_view_created_at_ix ON saved_view (workspace_id, created_at, id);

CREATE INDEX saved_view_name_key_ix ON saved_view (workspace_id, name_key, id);

CREATE UNIQUE INDEX saved_view_name_taken ON saved_view (workspace_id, owner_id, record_type, name_key);

CREATE INDEX saved_view_owner_id_ix ON saved_view (workspace_id, owner_id, id);

CREATE INDEX saved_view_record_type_ix ON saved_view (workspace_id, record_type, id);

CREATE INDEX saved_view_sharing_ix ON saved_view (workspace_id, sharing, id);

CREATE INDEX saved_view_team_id_ix ON saved_view (workspace_id, team_id, id);

CREATE INDEX saved_view_updated_at_ix ON saved_view (workspace_id, updated_at, id);
