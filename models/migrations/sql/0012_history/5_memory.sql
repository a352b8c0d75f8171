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

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "call" FOR EACH ROW WHEN (length(NEW.summary) > 2000 OR length(NEW.transcript) > 2000) EXECUTE FUNCTION remember_texts('summary', 'transcript');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "call" FOR EACH ROW WHEN (OLD.summary IS DISTINCT FROM NEW.summary AND (length(OLD.summary) > 2000 OR length(NEW.summary) > 2000) OR OLD.transcript IS DISTINCT FROM NEW.transcript AND (length(OLD.transcript) > 2000 OR length(NEW.transcript) > 2000)) EXECUTE FUNCTION remember_texts('summary', 'transcript');

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "email" FOR EACH ROW WHEN (length(NEW.body) > 2000) EXECUTE FUNCTION remember_texts('body');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "email" FOR EACH ROW WHEN (OLD.body IS DISTINCT FROM NEW.body AND (length(OLD.body) > 2000 OR length(NEW.body) > 2000)) EXECUTE FUNCTION remember_texts('body');

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "meeting" FOR EACH ROW WHEN (length(NEW.summary) > 2000 OR length(NEW.transcript) > 2000) EXECUTE FUNCTION remember_texts('summary', 'transcript');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "meeting" FOR EACH ROW WHEN (OLD.summary IS DISTINCT FROM NEW.summary AND (length(OLD.summary) > 2000 OR length(NEW.summary) > 2000) OR OLD.transcript IS DISTINCT FROM NEW.transcript AND (length(OLD.transcript) > 2000 OR length(NEW.transcript) > 2000)) EXECUTE FUNCTION remember_texts('summary', 'transcript');

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "note" FOR EACH ROW WHEN (length(NEW.body) > 2000) EXECUTE FUNCTION remember_texts('body');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "note" FOR EACH ROW WHEN (OLD.body IS DISTINCT FROM NEW.body AND (length(OLD.body) > 2000 OR length(NEW.body) > 2000)) EXECUTE FUNCTION remember_texts('body');

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "sms" FOR EACH ROW WHEN (length(NEW.body) > 2000) EXECUTE FUNCTION remember_texts('body');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "sms" FOR EACH ROW WHEN (OLD.body IS DISTINCT FROM NEW.body AND (length(OLD.body) > 2000 OR length(NEW.body) > 2000)) EXECUTE FUNCTION remember_texts('body');

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "case" FOR EACH ROW WHEN (length(NEW.description) > 2000) EXECUTE FUNCTION remember_texts('description');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "case" FOR EACH ROW WHEN (OLD.description IS DISTINCT FROM NEW.description AND (length(OLD.description) > 2000 OR length(NEW.description) > 2000)) EXECUTE FUNCTION remember_texts('description');

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "lead" FOR EACH ROW WHEN (length(NEW.description) > 2000) EXECUTE FUNCTION remember_texts('description');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "lead" FOR EACH ROW WHEN (OLD.description IS DISTINCT FROM NEW.description AND (length(OLD.description) > 2000 OR length(NEW.description) > 2000)) EXECUTE FUNCTION remember_texts('description');

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "project" FOR EACH ROW WHEN (length(NEW.description) > 2000) EXECUTE FUNCTION remember_texts('description');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "project" FOR EACH ROW WHEN (OLD.description IS DISTINCT FROM NEW.description AND (length(OLD.description) > 2000 OR length(NEW.description) > 2000)) EXECUTE FUNCTION remember_texts('description');

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "task" FOR EACH ROW WHEN (length(NEW.description) > 2000) EXECUTE FUNCTION remember_texts('description');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "task" FOR EACH ROW WHEN (OLD.description IS DISTINCT FROM NEW.description AND (length(OLD.description) > 2000 OR length(NEW.description) > 2000)) EXECUTE FUNCTION remember_texts('description');
