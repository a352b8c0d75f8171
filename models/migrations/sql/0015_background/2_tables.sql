CREATE TABLE consumer_offset (
  workspace_id UUID NOT NULL,
  consumer TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  attempts INTEGER DEFAULT '0' NOT NULL,
  retry_at TIMESTAMP WITH TIME ZONE,
  error TEXT,
  CONSTRAINT consumer_offset_pk PRIMARY KEY (workspace_id, consumer)
);

CREATE TABLE dead_letter (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  subject_id UUID,
  position BIGINT,
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL,
  state TEXT COLLATE "C" DEFAULT 'WAITING' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT dead_letter_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT dead_letter_state_check CHECK (state IN ('WAITING', 'REPLAYED', 'DISCARDED'))
);

CREATE TABLE effect (
  workspace_id UUID NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT effect_pk PRIMARY KEY (workspace_id, key)
);
