CREATE TRIGGER remember_texts_insert AFTER INSERT ON "contract" FOR EACH ROW WHEN (length(NEW.body) > 2000) EXECUTE FUNCTION remember_texts('body');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "contract" FOR EACH ROW WHEN (OLD.body IS DISTINCT FROM NEW.body AND (length(OLD.body) > 2000 OR length(NEW.body) > 2000)) EXECUTE FUNCTION remember_texts('body');
