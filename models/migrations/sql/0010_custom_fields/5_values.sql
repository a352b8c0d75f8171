CREATE FUNCTION custom_number(value numeric) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN value < 0
  THEN '0' || translate(
    lpad(trunc(-value * 1000000)::text, 24, '0'), '0123456789', '9876543210')
  ELSE '1' || lpad(trunc(value * 1000000)::text, 24, '0')
END;

CREATE FUNCTION custom_keys(kind text, options jsonb, value jsonb)
RETURNS TABLE (ord smallint, text_key text, currency text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 0::smallint, CASE kind
      WHEN 'NUMBER' THEN public.custom_number((value #>> '{}')::numeric)
      WHEN 'CURRENCY' THEN public.custom_number((value ->> 'amount')::numeric)
      WHEN 'TEXT' THEN left(public.fold(value #>> '{}'), 600)
      WHEN 'URL' THEN left(public.fold(value #>> '{}'), 600)
      WHEN 'EMAIL' THEN public.fold(value #>> '{}')
      ELSE value #>> '{}'
    END, CASE kind WHEN 'CURRENCY' THEN value ->> 'currency' END
  WHERE kind NOT IN ('SELECT', 'MULTI_SELECT')
  UNION ALL
  SELECT 0::smallint, lpad(one.at::text, 4, '0') || (one.option ->> 'id'), NULL
  FROM jsonb_array_elements(options) WITH ORDINALITY AS one (option, at)
  WHERE kind = 'SELECT' AND one.option -> 'id' = value
  UNION ALL
  SELECT one.at::smallint, one.id, NULL
  FROM jsonb_array_elements_text(CASE kind WHEN 'MULTI_SELECT' THEN value ELSE '[]' END)
    WITH ORDINALITY AS one (id, at)
$$;

CREATE FUNCTION custom_unique(kind text, value jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN kind IN ('TEXT', 'URL')
  THEN encode(sha256(convert_to(public.fold(value #>> '{}'), 'UTF8')), 'hex')
  ELSE (SELECT text_key FROM public.custom_keys(kind, '[]', value))
END;

CREATE FUNCTION keep_custom_values() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM custom_value WHERE workspace_id = OLD.workspace_id AND record_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO custom_value
      (workspace_id, field_id, record_id, ord, text_key, currency, unique_key)
    SELECT NEW.workspace_id, field.id, NEW.id, keys.ord, keys.text_key, keys.currency,
           CASE WHEN field.is_unique AND NEW.deleted_at IS NULL
             THEN custom_unique(field.type, given.value) END
    FROM jsonb_each(NEW.custom) AS given (key, value)
    JOIN custom_field AS field ON field.workspace_id = NEW.workspace_id
      AND field.entity = upper(TG_TABLE_NAME) AND field.key = given.key
    CROSS JOIN LATERAL custom_keys(field.type, field.options, given.value) AS keys;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER custom_values_insert AFTER INSERT ON "case" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "case" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "case" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_insert AFTER INSERT ON "company" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "company" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "company" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_insert AFTER INSERT ON "contact" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "contact" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "contact" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_insert AFTER INSERT ON "contract" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "contract" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "contract" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_insert AFTER INSERT ON "deal" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "deal" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "deal" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_insert AFTER INSERT ON "invoice" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "invoice" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "invoice" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_insert AFTER INSERT ON "lead" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "lead" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "lead" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_insert AFTER INSERT ON "product" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "product" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "product" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_insert AFTER INSERT ON "project" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "project" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "project" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_insert AFTER INSERT ON "quote" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "quote" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "quote" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_insert AFTER INSERT ON "task" FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_update AFTER UPDATE ON "task" FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_custom_values();

CREATE TRIGGER custom_values_delete AFTER DELETE ON "task" FOR EACH ROW WHEN (OLD.custom <> '{}') EXECUTE FUNCTION keep_custom_values();
