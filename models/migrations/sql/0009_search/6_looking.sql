GRANT CREATE ON SCHEMA public TO coeffection_search;

CREATE FUNCTION search_product(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"product"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "product" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "product" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "product" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_product(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_call(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"call"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "call" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "call" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "call" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_call(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_company(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"company"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "company" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "company" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "company" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_company(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_email(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"email"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "email" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "email" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "email" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_email(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_meeting(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"meeting"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "meeting" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "meeting" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "meeting" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_meeting(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_note(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"note"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, 4 AS tier FROM "note" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "note" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "note" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_note(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_sms(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"sms"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "sms" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "sms" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "sms" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_sms(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_contact(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"contact"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "contact" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "contact" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "contact" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_contact(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_file(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"file"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "file" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "file" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "file" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_file(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_deal(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"deal"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "deal" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "deal" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "deal" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_deal(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_case(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"case"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "case" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "case" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "case" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_case(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_lead(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"lead"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "lead" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "lead" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "lead" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_lead(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_project(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"project"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "project" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "project" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "project" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_project(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_quote(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"quote"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "quote" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "quote" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "quote" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_quote(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_contract(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"contract"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "contract" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "contract" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "contract" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_contract(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_invoice(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"invoice"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN true THEN 3 ELSE 4 END AS tier FROM "invoice" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "invoice" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "invoice" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_invoice(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

CREATE FUNCTION search_task(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > 20000 FROM pg_class WHERE oid = '"task"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN item.search_key LIKE ALL (parts) OR item.search_key LIKE digits THEN 3 ELSE 4 END AS tier FROM "task" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
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
    RETURN QUERY SELECT item.id, 6 FROM "task" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners)) AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)
      AND item.id < least(ids[weighed], CASE WHEN after_tier = 6 THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= 5 THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, 5 FROM "task" AS item WHERE item.workspace_id = workspace AND item.deleted_at IS NULL AND (owners IS NULL OR item.owner_id = ANY (owners))
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$;

ALTER FUNCTION search_task(text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], uuid[], int, uuid, int, int) OWNER TO coeffection_search;

REVOKE CREATE ON SCHEMA public FROM coeffection_search;
