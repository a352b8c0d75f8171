GRANT CREATE ON SCHEMA public TO coeffection_search;

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

ALTER FUNCTION search_big(text, boolean, boolean, text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_product(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"product"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('product', true, true,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "product" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "product" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "product" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "product" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_product(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_call(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"call"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('call', true, true,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "call" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "call" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "call" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "call" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_call(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_company(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"company"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('company', true, false,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "company" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "company" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "company" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "company" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_company(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_email(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"email"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('email', true, true,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "email" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "email" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "email" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "email" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_email(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_meeting(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"meeting"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('meeting', true, true,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "meeting" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "meeting" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "meeting" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "meeting" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_meeting(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_note(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"note"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('note', false, true,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, 4 AS tier FROM "note" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "note" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "note" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "note" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_note(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_sms(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"sms"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('sms', true, true,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "sms" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "sms" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "sms" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "sms" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_sms(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_contact(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"contact"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('contact', true, false,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "contact" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "contact" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "contact" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "contact" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_contact(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_file(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"file"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('file', true, false,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "file" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "file" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "file" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "file" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_file(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_deal(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"deal"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('deal', true, false,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "deal" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "deal" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "deal" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "deal" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_deal(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_case(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"case"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('case', true, true,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "case" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "case" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "case" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "case" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_case(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_lead(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"lead"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('lead', true, true,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "lead" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "lead" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "lead" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "lead" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_lead(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_project(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"project"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('project', true, true,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "project" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "project" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "project" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "project" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_project(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_quote(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"quote"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('quote', true, false,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "quote" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "quote" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "quote" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "quote" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_quote(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_contract(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"contract"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('contract', true, false,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "contract" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "contract" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "contract" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "contract" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_contract(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_invoice(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"invoice"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('invoice', true, false,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "invoice" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "invoice" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "invoice" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "invoice" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_invoice(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_task(
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
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > 20000 FROM pg_class WHERE oid = '"task"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('task', true, true,
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "task" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, 6 FROM "task" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > 5 THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, 5 FROM "task" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);
    RETURN QUERY SELECT item.id, 5 FROM "task" AS item WHERE (item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_task(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text, uuid[], int, uuid, int, int) OWNER TO coeffection_search;

REVOKE CREATE ON SCHEMA public FROM coeffection_search;
