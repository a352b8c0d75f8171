CREATE FUNCTION extend_event_log(until timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms' AS $$
DECLARE month timestamptz; part text; made integer := 0;
BEGIN
  FOR month IN
    SELECT generate_series(date_trunc('month', least(now(), until)), until, '1 month')
    ORDER BY 1 DESC LIMIT 60
  LOOP
    part := to_char(month, '"event_"YYYY_MM');
    CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
    BEGIN
      EXECUTE format('CREATE TABLE %I (LIKE event INCLUDING ALL)', part);
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
      EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
      EXECUTE format('CREATE POLICY isolation ON %I USING (%s) WITH CHECK (%2$s)', part,
        $p$workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)$p$);
      EXECUTE format('ALTER TABLE event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        part, month, month + interval '1 month');
      made := made + 1;
    EXCEPTION WHEN check_violation OR invalid_object_definition OR lock_not_available THEN
      NULL;
    END;
  END LOOP;
  RETURN made;
END
$$;

CREATE FUNCTION cut_event_log(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms' AS $$
DECLARE part text; head record; needed boolean; dropped integer := 0;
BEGIN
  IF before > now() - interval '30 days' + make_interval(
    secs => coalesce((SELECT offset_seconds FROM test_clock), 0)) THEN
    RAISE EXCEPTION 'The events of the last 30 days are kept.';
  END IF;
  FOR head IN SELECT workspace_id, least(kept_after, relayed) AS cut FROM event_head LOOP
    PERFORM set_config('app.workspace', head.workspace_id::text, true);
    DELETE FROM event_rest
    WHERE workspace_id = head.workspace_id AND position <= head.cut AND at < before;
  END LOOP;
  FOR part IN
    SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'event'::regclass AND before >= substring(
      pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz
  LOOP
    needed := false;
    FOR head IN SELECT workspace_id, least(kept_after, relayed) AS cut FROM event_head LOOP
      PERFORM set_config('app.workspace', head.workspace_id::text, true);
      EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE workspace_id = $1 AND position > $2)',
        part) INTO needed USING head.workspace_id, head.cut;
      EXIT WHEN needed;
    END LOOP;
    CONTINUE WHEN needed;
    BEGIN
      EXECUTE format('DROP TABLE %I', part);
      dropped := dropped + 1;
    EXCEPTION WHEN lock_not_available THEN
      NULL;
    END;
  END LOOP;
  PERFORM set_config('app.workspace', '', true);
  RETURN dropped;
END
$$;
