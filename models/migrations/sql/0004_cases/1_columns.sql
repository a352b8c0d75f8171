ALTER TABLE workspace ADD COLUMN support_team_id UUID, ADD CONSTRAINT workspace_support_team_id_fk FOREIGN KEY(workspace_id, support_team_id) REFERENCES team (workspace_id, id) ON DELETE RESTRICT;

CREATE INDEX workspace_support_team_id_ix ON workspace (workspace_id, support_team_id);
