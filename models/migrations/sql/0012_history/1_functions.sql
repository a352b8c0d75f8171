CREATE FUNCTION remember() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  operation uuid := nullif(current_setting('app.operation', true), '')::uuid;
BEGIN
  IF operation IS NULL THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO undo_row (workspace_id, operation_id, table_name, after)
    SELECT workspace_id, operation, TG_TABLE_NAME, to_jsonb(made) FROM made;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO undo_row (workspace_id, operation_id, table_name, before)
    SELECT workspace_id, operation, TG_TABLE_NAME, to_jsonb(gone) FROM gone;
  ELSE
    INSERT INTO undo_row (workspace_id, operation_id, table_name, before, after)
    VALUES (OLD.workspace_id, operation, TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW));
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION remember_texts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  operation uuid := nullif(current_setting('app.operation', true), '')::uuid;
  names text[] := array_prepend('id', TG_ARGV::text[]);
BEGIN
  IF operation IS NOT NULL THEN
    INSERT INTO undo_row (workspace_id, operation_id, table_name, before, after)
    SELECT NEW.workspace_id, operation, TG_TABLE_NAME,
           jsonb_object_agg(name, was.row -> name), jsonb_object_agg(name, became.row -> name)
    FROM unnest(names) AS name, (SELECT to_jsonb(OLD) AS row) AS was,
      (SELECT to_jsonb(NEW) AS row) AS became;
  END IF;
  RETURN NULL;
END $$;
