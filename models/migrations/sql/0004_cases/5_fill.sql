DO $$
DECLARE w uuid;
BEGIN
  FOR w IN SELECT workspace_id FROM event_head LOOP
    PERFORM set_config('app.workspace', w::text, true);
    INSERT INTO case_status (workspace_id, id, name, position, color, category, created_at, updated_at)
    SELECT w, uuidv7(), s.name, s.position, s.color, s.category, now(), now()
    FROM (VALUES
      ('Backlog', 1, '#94a3b8', 'OPEN'),
      ('Pending Agent', 2, '#fbbf24', 'OPEN'),
      ('In Progress', 3, '#38bdf8', 'OPEN'),
      ('Pending Customer', 4, '#c084fc', 'WAITING'),
      ('Resolved', 5, '#16a34a', 'RESOLVED')
    ) AS s (name, position, color, category);
    INSERT INTO sla_policy (workspace_id, id, priority, first_response_minutes, resolution_minutes,
                            approaching_percent, business_hours_only, created_at, updated_at)
    SELECT w, uuidv7(), p.priority, p.first_response, p.resolution, 80, false, now(), now()
    FROM (VALUES
      ('LOW', 1440, 7200),
      ('MEDIUM', 480, 2880),
      ('HIGH', 240, 1440),
      ('CRITICAL', 60, 240)
    ) AS p (priority, first_response, resolution);
  END LOOP;
  PERFORM set_config('app.workspace', '', true);
END $$;
