DO $$
DECLARE w uuid;
BEGIN
  FOR w IN SELECT workspace_id FROM event_head LOOP
    PERFORM set_config('app.workspace', w::text, true);
    INSERT INTO tag (workspace_id, id, name, color, created_at, updated_at)
    SELECT w, uuidv7(), t.name, t.color, now(), now()
    FROM (VALUES ('Partner', '#38bdf8'), ('Influencer', '#c084fc')) AS t (name, color);
  END LOOP;
  PERFORM set_config('app.workspace', '', true);
END $$;
