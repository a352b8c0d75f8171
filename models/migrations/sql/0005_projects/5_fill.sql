DO $$
DECLARE w uuid; p uuid; last int;
BEGIN
  FOR w IN SELECT workspace_id FROM event_head LOOP
    PERFORM set_config('app.workspace', w::text, true);
    p := uuidv7();
    SELECT coalesce(max(position), 0) INTO last FROM pipeline WHERE workspace_id = w;
    INSERT INTO pipeline (workspace_id, id, name, kind, position, created_at, updated_at)
    VALUES (w, p, 'Projects', 'PROJECT', last + 1, now(), now());
    INSERT INTO pipeline_stage (workspace_id, id, pipeline_id, name, position, probability, color,
                                category, lead_status, created_at, updated_at)
    SELECT w, uuidv7(), p, s.name, s.position, s.probability, s.color, s.category, s.lead_status, now(), now()
    FROM (VALUES
      ('Not Started', 1, 0, '#94a3b8', 'OPEN', NULL::text),
      ('In Progress', 2, 0, '#38bdf8', 'OPEN', NULL::text),
      ('Completed', 3, 100, '#16a34a', 'WON', NULL::text)
    ) AS s (name, position, probability, color, category, lead_status);
  END LOOP;
  PERFORM set_config('app.workspace', '', true);
END $$;
