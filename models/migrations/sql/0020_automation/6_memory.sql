DROP TRIGGER remember_texts_insert ON "email";

DROP TRIGGER remember_texts_update ON "email";

CREATE TRIGGER remember_texts_insert AFTER INSERT ON "email" FOR EACH ROW WHEN (length(NEW.body) > 2000 OR length(NEW.html) > 2000) EXECUTE FUNCTION remember_texts('body', 'html');

CREATE TRIGGER remember_texts_update AFTER UPDATE ON "email" FOR EACH ROW WHEN (OLD.body IS DISTINCT FROM NEW.body AND (length(OLD.body) > 2000 OR length(NEW.body) > 2000) OR OLD.html IS DISTINCT FROM NEW.html AND (length(OLD.html) > 2000 OR length(NEW.html) > 2000)) EXECUTE FUNCTION remember_texts('body', 'html');
