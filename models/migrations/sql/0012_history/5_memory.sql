DO $$
DECLARE
  place record;
BEGIN
  FOR place IN
    SELECT c.relname AS name,
      EXISTS (SELECT FROM pg_attribute AS v WHERE v.attrelid = c.oid AND v.attname = 'version'
              AND NOT v.attisdropped) AS versioned
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND a.attname = 'workspace_id' AND c.relname NOT IN (
        'counter', 'custom_value', 'event', 'idempotency_key', 'import_progress', 'import_row_error', 'session', 'undo_row', 'undone_act', 'upload',
        'credential', 'due_work', 'event_head', 'login')
  LOOP
    EXECUTE format('CREATE TRIGGER remember_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS gone
      FOR EACH STATEMENT EXECUTE FUNCTION remember()', place.name);
    IF NOT place.versioned THEN
      EXECUTE format('CREATE TRIGGER remember_insert AFTER INSERT ON %I
        REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION remember()', place.name);
      EXECUTE format('CREATE TRIGGER remember_update AFTER UPDATE ON %I
        FOR EACH ROW EXECUTE FUNCTION remember()', place.name);
    END IF;
  END LOOP;
END $$;
