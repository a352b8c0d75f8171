DO $$
DECLARE w uuid; p uuid; last int;
BEGIN
  FOR w IN SELECT workspace_id FROM event_head LOOP
    PERFORM set_config('app.workspace', w::text, true);
    p := uuidv7();
    SELECT coalesce(max(position), 0) INTO last FROM pipeline WHERE workspace_id = w;
    INSERT INTO pipeline (workspace_id, id, name, kind, position, created_at, updated_at)
    VALUES (w, p, 'Leads', 'LEAD', last + 1, now(), now());
    INSERT INTO pipeline_stage (workspace_id, id, pipeline_id, name, position, probability, color,
                                category, lead_status, created_at, updated_at)
    SELECT w, uuidv7(), p, s.name, s.position, s.probability, s.color, s.category, s.lead_status, now(), now()
    FROM (VALUES
      ('New', 1, 0, '#94a3b8', 'OPEN', 'NEW'),
      ('Contacted', 2, 0, '#38bdf8', 'OPEN', 'CONTACTED'),
      ('Call Scheduled', 3, 0, '#818cf8', 'OPEN', 'CONTACTED'),
      ('Qualified', 4, 0, '#c084fc', 'OPEN', 'QUALIFIED'),
      ('Converted', 5, 100, '#16a34a', 'WON', 'CONVERTED'),
      ('Disqualified', 6, 0, '#dc2626', 'LOST', 'DISQUALIFIED')
    ) AS s (name, position, probability, color, category, lead_status);
  END LOOP;
  PERFORM set_config('app.workspace', '', true);
END $$;
