DO $$
DECLARE w uuid;
BEGIN
  FOR w IN SELECT workspace_id FROM event_head LOOP
    PERFORM set_config('app.workspace', w::text, true);
    UPDATE deal AS d
    SET stage_entered_at = coalesce(d.closed_at, d.created_at), rank = placed.rank
    FROM (
      SELECT id, 'V' || lpad(to_hex(row_number() OVER (PARTITION BY stage_id ORDER BY id DESC)), 8, '0')
                 || 'V' AS rank
      FROM deal WHERE workspace_id = w
    ) AS placed
    WHERE d.workspace_id = w AND d.id = placed.id;
    INSERT INTO stage_change (workspace_id, id, deal_id, to_stage_id, entered_at, created_at, updated_at)
    SELECT w, uuidv7(), id, stage_id, stage_entered_at, stage_entered_at, stage_entered_at
    FROM deal WHERE workspace_id = w;
  END LOOP;
  PERFORM set_config('app.workspace', '', true);
END $$;

SET CONSTRAINTS ALL IMMEDIATE;

ALTER TABLE deal ALTER COLUMN stage_entered_at SET NOT NULL, ALTER COLUMN rank SET NOT NULL;

CREATE INDEX deal_stage_entered_at_ix ON deal (workspace_id, stage_entered_at, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX deal_rank_taken ON deal (workspace_id, stage_id, rank) WHERE deleted_at IS NULL;
