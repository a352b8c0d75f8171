CREATE INDEX dashboard_created_at_ix ON dashboard (workspace_id, created_at, id);

CREATE UNIQUE INDEX dashboard_main_taken ON dashboard (workspace_id) WHERE is_main;

CREATE INDEX dashboard_name_key_ix ON dashboard (workspace_id, name_key, id);

CREATE UNIQUE INDEX dashboard_name_taken ON dashboard (workspace_id, owner_id, name_key);

CREATE INDEX dashboard_owner_id_ix ON dashboard (workspace_id, owner_id, id);

CREATE INDEX dashboard_updated_at_ix ON dashboard (workspace_id, updated_at, id);

CREATE INDEX dashboard_share_dashboard_id_ix ON dashboard_share (workspace_id, dashboard_id, id);

CREATE INDEX dashboard_share_team_id_ix ON dashboard_share (workspace_id, team_id, id);

CREATE INDEX dashboard_widget_created_at_ix ON dashboard_widget (workspace_id, created_at, id);

CREATE INDEX dashboard_widget_dashboard_id_ix ON dashboard_widget (workspace_id, dashboard_id, id);

CREATE INDEX dashboard_widget_updated_at_ix ON dashboard_widget (workspace_id, updated_at, id);

CREATE INDEX dashboard_widget_y_ix ON dashboard_widget (workspace_id, y, id);
