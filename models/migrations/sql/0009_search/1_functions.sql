CREATE FUNCTION searchable(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
  WHEN octet_length(value) = length(value)
    THEN translate(lower(value COLLATE "C"), E'\t\n\r', '   ')
  WHEN value COLLATE "C" ~ '[\u0300-\u036f\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff\uf900-\uffef]'
    THEN regexp_replace(
      regexp_replace(
        translate(fold(normalize(value, NFC)), E'أإآٱىة\t\n\r', 'اااايه   ') COLLATE "C",
        '[\u0300-\u036f\u0640\u064b-\u065f\u0670]+', '', 'g'),
      '([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1', 'g')
  ELSE translate(fold(value), E'\t\n\r', '   ')
END;

SET LOCAL ROLE coeffection_search;

DROP FUNCTION search_ids(text, text[]);

RESET ROLE;

CREATE FUNCTION search_ids(entity text, patterns text[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT id FROM %I WHERE workspace_id = $1 AND deleted_at IS NULL', entity
  ) || (SELECT string_agg(format(' AND search_key LIKE %L', searchable(one)), '')
        FROM unnest(patterns) AS one)
  USING nullif(current_setting('app.workspace', true), '')::uuid;
END $$;
