ALTER TABLE event_head ADD COLUMN kept_after BIGINT DEFAULT '0' NOT NULL;

ALTER TABLE event RENAME TO event_first;

ALTER TABLE event_first DROP CONSTRAINT event_pk;

ALTER TABLE event_first ADD CONSTRAINT event_first_pk PRIMARY KEY (workspace_id, position, at);

ALTER INDEX event_actor_ix RENAME TO event_first_actor_ix;

ALTER INDEX event_operation_ix RENAME TO event_first_operation_ix;

ALTER INDEX event_record_ix RENAME TO event_first_record_ix;

ALTER INDEX event_timeline_ix RENAME TO event_first_timeline_ix;

DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'event_first'::regclass AND contype = 'n' LOOP
    EXECUTE format('ALTER TABLE event_first RENAME CONSTRAINT %I TO %I', name, replace(name, 'event_', 'event_first_'));
  END LOOP;
END $$;

REVOKE ALL ON event_first FROM "{app_role}";

CREATE TABLE event (
  workspace_id UUID NOT NULL,
  position BIGINT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  entity TEXT COLLATE "C" NOT NULL,
  record_id UUID NOT NULL,
  actor_kind TEXT COLLATE "C" NOT NULL,
  actor_id UUID,
  request_id TEXT NOT NULL,
  operation_id UUID NOT NULL,
  act TEXT COLLATE "C",
  import_id UUID,
  changes JSONB NOT NULL,
  data JSONB DEFAULT '{}' NOT NULL,
  CONSTRAINT event_pk PRIMARY KEY (workspace_id, position, at)
) PARTITION BY RANGE (at);

CREATE INDEX event_actor_ix ON event (workspace_id, actor_id, position);

CREATE INDEX event_operation_ix ON event (workspace_id, operation_id);

CREATE INDEX event_record_ix ON event (workspace_id, entity, record_id, position);

CREATE INDEX event_timeline_ix ON event (workspace_id, record_id, at, position);

CREATE TABLE event_rest PARTITION OF event DEFAULT;
