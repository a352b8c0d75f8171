CREATE INDEX event_actor_ix ON event (workspace_id, actor_id, position);

DO $$
DECLARE
  place record;
BEGIN
  FOR place IN
    SELECT c.relname AS name FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND a.attname = 'deleted_at' AND NOT a.attisdropped
  LOOP
    EXECUTE format(
      'CREATE INDEX %I ON %I (workspace_id, deleted_at, id) WHERE deleted_at IS NOT NULL',
      place.name || '_deleted_ix', place.name);
  END LOOP;
END $$;
