DO $$
DECLARE w uuid; d uuid; founder uuid;
BEGIN
  FOR w IN SELECT workspace_id FROM event_head LOOP
    PERFORM set_config('app.workspace', w::text, true);
    SELECT id INTO founder FROM "user" WHERE workspace_id = w AND role = 'ADMIN' AND status = 'ACTIVE' ORDER BY created_at, id LIMIT 1;
    CONTINUE WHEN founder IS NULL;
    d := uuidv7();
    INSERT INTO dashboard (workspace_id, id, name, owner_id, is_main, created_at, updated_at)
    VALUES (w, d, 'Overview', founder, true, now(), now());
    INSERT INTO dashboard_share (workspace_id, id, dashboard_id, role)
    SELECT w, uuidv7(), d, role FROM unnest(ARRAY['REP', 'MANAGER', 'EXECUTIVE', 'ADMIN', 'FINANCE']) AS role;
    INSERT INTO dashboard_widget (workspace_id, id, dashboard_id, kind, title, config, x, y, width, height, created_at, updated_at)
    SELECT w, uuidv7(), d, kind, title, config::jsonb, x, y, width, height, now(), now()
    FROM (VALUES
      ('KPI_CARD', 'Total Contacts', '{"metric": "TOTAL_CONTACTS", "delta_display": "PERCENT"}', 0, 0, 3, 2),
      ('KPI_CARD', 'Pipeline Value', '{"metric": "PIPELINE_VALUE", "delta_display": "PERCENT"}', 3, 0, 3, 2),
      ('KPI_CARD', 'Open Cases', '{"metric": "OPEN_CASES", "delta_display": "ABSOLUTE"}', 6, 0, 3, 2),
      ('KPI_CARD', 'Deals Closed (MTD)', '{"metric": "DEALS_CLOSED", "delta_display": "ABSOLUTE"}', 9, 0, 3, 2),
      ('PIPELINE_BY_STAGE', 'Pipeline by Stage', '{}', 0, 2, 8, 4),
      ('DEAL_FORECAST', 'Deal Forecast', '{}', 8, 2, 4, 4),
      ('ACTIVITY_FEED', 'Recent Activity', '{}', 0, 6, 8, 4),
      ('UPCOMING_TASKS', 'Upcoming Tasks', '{}', 8, 6, 4, 4)
    ) AS widget (kind, title, config, x, y, width, height);
  END LOOP;
  PERFORM set_config('app.workspace', '', true);
END $$;
