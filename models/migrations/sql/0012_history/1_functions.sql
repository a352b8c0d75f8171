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
