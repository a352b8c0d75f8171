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

CREATE FUNCTION search_hits(
  entity text, tiers jsonb, strict int, owners uuid[], after_tier int, after_id uuid, most int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = on SET enable_indexscan = on AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  few CONSTANT int := 2000;
  first int := coalesce(after_tier, 0);
  conditions text[];
  source text;
  ids uuid[];
  grades int[];
  given int;
BEGIN
  SELECT array_agg(fits ORDER BY place) INTO conditions FROM (
    SELECT place, string_agg(
      (SELECT CASE WHEN count(*) = 1 THEN format('search_key LIKE %L', min(searchable(pattern)))
         ELSE format('search_key LIKE ANY (%L::text[])', array_agg(searchable(pattern))) END
       FROM jsonb_array_elements_text(word) AS pattern), ' AND ') AS fits
    FROM jsonb_array_elements(tiers) WITH ORDINALITY AS t(words, place),
      jsonb_array_elements(words) AS word
    GROUP BY place
  ) AS made;
  source := format(' FROM %I WHERE workspace_id = $1 AND deleted_at IS NULL', entity);
  IF owners IS NOT NULL THEN
    source := source || ' AND owner_id = ANY ($2)';
  END IF;
  IF first < strict AND most > 0 THEN
    PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true);
    EXECUTE 'SELECT array_agg(id), array_agg(grade) FROM (SELECT id, CASE'
      || (SELECT string_agg(format(' WHEN %s THEN %s', conditions[at + 1], at), '' ORDER BY at)
          FROM generate_series(0, strict - 1) AS at)
      || format(' END AS grade%s AND %s LIMIT %s) AS few', source, conditions[strict], few + 1)
      INTO ids, grades USING workspace, owners;
    IF coalesce(cardinality(ids), 0) <= few THEN
      RETURN QUERY SELECT hit.id, grade FROM unnest(ids, grades) AS hit(id, grade)
        WHERE after_id IS NULL OR grade > after_tier OR grade = after_tier AND hit.id < after_id
        ORDER BY grade, hit.id DESC LIMIT most;
      GET DIAGNOSTICS given = ROW_COUNT;
      most := most - given;
      first := strict;
    END IF;
    PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true);
  END IF;
  FOR at IN 0 .. cardinality(conditions) - 1 LOOP
    EXIT WHEN most <= 0;
    IF at >= first THEN
      IF at >= strict THEN
        PERFORM set_config('enable_seqscan', 'off', true);
        PERFORM set_config('enable_indexscan', 'off', true);
      END IF;
      RETURN QUERY EXECUTE format('SELECT id, %s%s AND %s', at, source, conditions[at + 1])
        || CASE WHEN after_id IS NOT NULL AND at = after_tier THEN ' AND id < $3' ELSE '' END
        || format(' ORDER BY id DESC LIMIT %s', most)
        USING workspace, owners, after_id;
      GET DIAGNOSTICS given = ROW_COUNT;
      most := most - given;
    END IF;
    IF at < strict THEN
      CONTINUE WHEN at < strict - 1 AND first >= strict;
      source := source || format(' AND NOT (%s)', conditions[at + 1]);
    END IF;
  END LOOP;
END $$;

SET LOCAL ROLE coeffection_search;

DROP FUNCTION search_ids(text, text[]);

RESET ROLE;

CREATE FUNCTION search_ids(entity text, patterns text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE ROWS 20 AS $$
  SELECT hit.id FROM search_hits(
    entity, (SELECT jsonb_build_array(jsonb_agg(jsonb_build_array(one))) FROM unnest(patterns) one),
    1, NULL, NULL, NULL, 2147483647
  ) AS hit
$$;
