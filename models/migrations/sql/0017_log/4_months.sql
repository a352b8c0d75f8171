DO $$
DECLARE w uuid; latest timestamptz; one timestamptz;
BEGIN
  FOR w IN SELECT workspace_id FROM event_head LOOP
    PERFORM set_config('app.workspace', w::text, true);
    SELECT max(at) INTO one FROM event_first WHERE workspace_id = w;
    latest := greatest(latest, one);
  END LOOP;
  PERFORM set_config('app.workspace', '', true);
  IF latest IS NULL THEN
    DROP TABLE event_first;
  ELSE
    EXECUTE format('ALTER TABLE event ATTACH PARTITION event_first FOR VALUES FROM (MINVALUE) TO (%L)',
      date_add(date_trunc('month', greatest(latest, now()), 'UTC'), '1 month', 'UTC'));
  END IF;
END $$;

SELECT extend_event_log(now() + interval '3 months');
