"""The partitions of the event log: a month each, made ahead and dropped by functions.

API and worker own nothing. They may call these two, as the owner, and cannot touch a partition.
"""

import sqlalchemy as sa

TABLE = "event"
REST = "event_rest"
"""Holds what no month has room for: the log takes every event, whenever it happened."""

# A month that has events in the rest already, or that an older partition covers, is left out;
# so is one whose lock is not had at once: it is asked for again long before it begins.
EXTEND = """
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
$$
"""

# The policies hold for the owner too, so that workspaces are looked at one after the other.
# Only what every workspace has given up is dropped: `kept_after` says so, and consumers have
# passed it. A month whose lock is not had at once goes at the next time.
CUT = """
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
      pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''([^'']+)''\\)')::timestamptz
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
$$
"""
DOORS = ("extend_event_log(timestamptz)", "cut_event_log(timestamptz)")


def partitions(table: sa.Table) -> list[str]:
    """The partition that a log always has; months are made when they are near."""
    return [f"CREATE TABLE {REST} PARTITION OF {TABLE} DEFAULT"] if table.name == TABLE else []


def rights(table: sa.Table, app_role: str) -> list[str]:
    """Who may let the log grow and be cut."""
    if table.name != TABLE:
        return []
    return [
        statement
        for door in DOORS
        for statement in (
            f"REVOKE ALL ON FUNCTION {door} FROM PUBLIC",
            f'GRANT EXECUTE ON FUNCTION {door} TO "{app_role}"',
        )
    ]
