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

CREATE FUNCTION search_big(
  entity text, titled boolean, bodied boolean,
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[], resembled text,
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_indexscan = off SET enable_bitmapscan = on
SET max_parallel_workers_per_gather = 0
SET pg_trgm.word_similarity_threshold = 0.6 AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  live CONSTANT text := ' AND item.deleted_at IS NULL';
  newest text := ' FROM (SELECT item.id, item.search_key FROM %I AS item'
    ' WHERE item.workspace_id = $1' || live;
  indexed text := newest
    || CASE WHEN owners IS NULL THEN '' ELSE ' AND item.owner_id = ANY ($2)' END;
  ending CONSTANT text := ' ORDER BY item.id DESC LIMIT %s) AS item';
  fitting CONSTANT text := ' AND (item.search_key LIKE $3 AND item.search_key LIKE $4'
    ' AND item.search_key LIKE $5 AND item.search_key LIKE ALL ($6) OR item.search_key LIKE $7)';
  weight CONSTANT text := CASE WHEN titled THEN 'CASE WHEN item.search_key LIKE $8 THEN 0'
    ' WHEN item.search_key LIKE ALL ($9) THEN 1 WHEN item.search_key LIKE ALL ($10) THEN 2'
    ' WHEN ' || CASE WHEN bodied THEN 'item.search_key LIKE ALL ($11) OR item.search_key LIKE $7'
      ELSE 'true' END || ' THEN 3 ELSE 4 END' ELSE '4' END;
  crowded boolean;
  common boolean;
  before uuid;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  EXECUTE format('SELECT avg((item.workspace_id = $1)::int) > 0.1 FROM generate_series(0, 39)'
      ' AS place (number), pg_class AS kind, %I AS item WHERE kind.oid = %L::regclass'
      ' AND item.ctid = format(''(%%s,1)'', place.number * kind.relpages / 40)::tid',
      entity, quote_ident(entity))
    INTO crowded USING workspace;
  IF crowded THEN
    indexed := replace(indexed, 'item.workspace_id = $1', '(item.workspace_id = $1) IS TRUE');
  END IF;
  IF owners IS NOT NULL THEN
    newest := ' FROM unnest($2) AS own (id) CROSS JOIN LATERAL ('
      || substr(newest, 8) || ' AND item.owner_id = own.id';
  END IF;
  PERFORM set_config('enable_indexscan', 'on', true), set_config('enable_bitmapscan', 'off', true);
  EXECUTE format('SELECT count(*) < 200 OR count(*) FILTER (WHERE true%s) > 2' || newest || ending,
      fitting, entity, 200)
    INTO common USING workspace, owners, keys[1], keys[2], keys[3], fits, digits;
  IF NOT common THEN
    newest := indexed;
    PERFORM set_config('enable_indexscan', 'off', true),
      set_config('enable_bitmapscan', 'on', true);
  END IF;
  newest := newest || fitting;
  EXECUTE format('SELECT array_agg(one.id), array_agg(one.tier) FROM (SELECT item.id, ' || weight
      || ' AS tier' || newest || ending || ' ORDER BY item.id DESC LIMIT %s) AS one',
      entity, weighed + 1, weighed + 1)
    INTO ids, tiers USING workspace, owners, keys[1], keys[2], keys[3], fits, digits,
      phrase, words, beginnings, parts;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    before := least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END);
    RETURN QUERY EXECUTE format('SELECT item.id, 6' || newest || ' AND item.id < $8' || ending
        || ' ORDER BY item.id DESC LIMIT %s', entity, most - given, most - given)
      USING workspace, owners, keys[1], keys[2], keys[3], fits, digits, before;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('enable_indexscan', 'off', true),
      set_config('enable_bitmapscan', 'on', true);
    IF resembled IS NULL THEN
      indexed := indexed || ' AND item.search_key LIKE ANY ($3)';
    ELSE
      PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
      indexed := indexed || ' AND item.search_key %%> $9 AND item.search_key || '''' LIKE ANY ($3)';
    END IF;
    RETURN QUERY EXECUTE format('SELECT item.id, 5' || indexed
        || CASE WHEN slips2 IS NULL THEN '' ELSE ' AND item.search_key || '''' LIKE ANY ($4)' END
        || CASE WHEN slips3 IS NULL THEN '' ELSE ' AND item.search_key || '''' LIKE ANY ($5)' END
        || ' AND item.search_key LIKE ALL ($6) AND item.id <> ALL ($7)'
        || CASE WHEN after_tier = 5 THEN ' AND item.id < $8' ELSE '' END || ending,
        entity, most - given)
      USING workspace, owners, slips, slips2, slips3, others, coalesce(ids, '{}'), after_id,
        resembled;
  END IF;
END $$;
