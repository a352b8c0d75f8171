DO $$
DECLARE w uuid;
BEGIN
  FOR w IN SELECT workspace_id FROM event_head LOOP
    PERFORM set_config('app.workspace', w::text, true);
    INSERT INTO role_setting (workspace_id, id, role, discount_limit_percent, created_at, updated_at)
    SELECT w, uuidv7(), role, limit_percent, now(), now()
    FROM (VALUES ('REP', 15), ('MANAGER', 25), ('EXECUTIVE', 100), ('ADMIN', 100), ('FINANCE', 15))
      AS setting (role, limit_percent)
    WHERE EXISTS (SELECT 1 FROM workspace WHERE workspace_id = w);
  END LOOP;
  PERFORM set_config('app.workspace', '', true);
END $$;
