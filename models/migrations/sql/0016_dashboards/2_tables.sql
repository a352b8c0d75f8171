CREATE TABLE metric_snapshot (
  workspace_id UUID NOT NULL,
  day DATE NOT NULL,
  metric TEXT COLLATE "C" NOT NULL,
  owner_id UUID NOT NULL,
  value NUMERIC NOT NULL,
  CONSTRAINT metric_snapshot_pk PRIMARY KEY (workspace_id, day, metric, owner_id),
  CONSTRAINT metric_snapshot_metric_check CHECK (metric IN ('TOTAL_CONTACTS', 'PIPELINE_VALUE', 'OPEN_DEALS', 'OPEN_CASES', 'DEALS_CLOSED', 'WON_VALUE', 'NEW_CONTACTS', 'NEW_LEADS'))
);

CREATE TABLE dashboard (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(name)) STORED NOT NULL,
  owner_id UUID NOT NULL,
  is_main BOOLEAN DEFAULT false NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT dashboard_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT dashboard_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE dashboard_share (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  dashboard_id UUID NOT NULL,
  role TEXT COLLATE "C",
  team_id UUID,
  CONSTRAINT dashboard_share_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT dashboard_share_one_check CHECK (num_nonnulls(role, team_id) = 1),
  CONSTRAINT dashboard_share_taken UNIQUE NULLS NOT DISTINCT (workspace_id, dashboard_id, role, team_id),
  CONSTRAINT dashboard_share_dashboard_id_fk FOREIGN KEY(workspace_id, dashboard_id) REFERENCES dashboard (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT dashboard_share_role_check CHECK (role IN ('REP', 'MANAGER', 'EXECUTIVE', 'ADMIN', 'FINANCE')),
  CONSTRAINT dashboard_share_team_id_fk FOREIGN KEY(workspace_id, team_id) REFERENCES team (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE dashboard_widget (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  dashboard_id UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  config JSONB NOT NULL,
  x INTEGER NOT NULL,
  y INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT dashboard_widget_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT dashboard_widget_dashboard_id_fk FOREIGN KEY(workspace_id, dashboard_id) REFERENCES dashboard (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT dashboard_widget_kind_check CHECK (kind IN ('KPI_CARD', 'CHART', 'TABLE', 'PIPELINE_BY_STAGE', 'UPCOMING_TASKS', 'DEAL_FORECAST', 'ACTIVITY_FEED', 'KPI_PROGRESS', 'REPORT'))
);
