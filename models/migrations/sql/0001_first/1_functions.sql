CREATE EXTENSION IF NOT EXISTS unaccent;

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE FUNCTION fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN public.unaccent('public.unaccent'::regdictionary, casefold(value COLLATE pg_c_utf8));

CREATE FUNCTION event_changes(before jsonb, after jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT coalesce(
    jsonb_object_agg(
      k.name, jsonb_build_object('before', before -> k.name, 'after', after -> k.name)
    ), '{}')
  FROM jsonb_object_keys(coalesce(after, before)) AS k(name)
  WHERE k.name <> ALL (ARRAY['workspace_id', 'id', 'version', 'created_at', 'updated_at'])
    AND k.name !~ '_(key|milli)$'
    AND coalesce(before -> k.name, 'null') IS DISTINCT FROM coalesce(after -> k.name, 'null')
);

CREATE FUNCTION search_ids(entity text, patterns text[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT id FROM %I WHERE workspace_id = $1', entity)
    || (SELECT string_agg(format(' AND search_key LIKE %L', pattern), '')
        FROM unnest(patterns) pattern)
    USING nullif(current_setting('app.workspace', true), '')::uuid;
END $$;
