CREATE TABLE timeline_entry (
  workspace_id UUID NOT NULL,
  record_id UUID NOT NULL,
  record_kind TEXT COLLATE "C" NOT NULL,
  item_id UUID NOT NULL,
  item_kind TEXT COLLATE "C" NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT timeline_entry_pk PRIMARY KEY (workspace_id, record_id, item_id)
);

CREATE TABLE call (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  direction TEXT COLLATE "C" NOT NULL,
  from_number TEXT,
  to_number TEXT,
  duration_seconds INTEGER,
  outcome TEXT COLLATE "C",
  summary TEXT,
  transcript TEXT,
  has_transcript BOOLEAN GENERATED ALWAYS AS (transcript IS NOT NULL) STORED NOT NULL,
  recording_url TEXT,
  owner_id UUID,
  source TEXT COLLATE "C" DEFAULT '' NOT NULL,
  external_id TEXT COLLATE "C",
  unmatched BOOLEAN DEFAULT false NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT call_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT call_duration_check CHECK (duration_seconds >= 0),
  CONSTRAINT call_direction_check CHECK (direction IN ('INBOUND', 'OUTBOUND')),
  CONSTRAINT call_outcome_check CHECK (outcome IN ('CONNECTED', 'NO_ANSWER', 'BUSY', 'VOICEMAIL', 'FAILED')),
  CONSTRAINT call_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE email (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  direction TEXT COLLATE "C" NOT NULL,
  from_address TEXT NOT NULL,
  from_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(from_address)) STORED NOT NULL,
  to_addresses JSONB NOT NULL,
  cc_addresses JSONB DEFAULT '[]' NOT NULL,
  subject TEXT,
  subject_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(left(coalesce(subject, ''), 200))) STORED NOT NULL,
  body TEXT,
  thread_id TEXT COLLATE "C",
  owner_id UUID,
  source TEXT COLLATE "C" DEFAULT '' NOT NULL,
  external_id TEXT COLLATE "C",
  unmatched BOOLEAN DEFAULT false NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT email_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT email_direction_check CHECK (direction IN ('INBOUND', 'OUTBOUND')),
  CONSTRAINT email_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE meeting (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  title TEXT NOT NULL,
  title_key TEXT COLLATE "C" GENERATED ALWAYS AS (fold(title)) STORED NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE,
  location TEXT,
  attendees JSONB DEFAULT '[]' NOT NULL,
  summary TEXT,
  transcript TEXT,
  has_transcript BOOLEAN GENERATED ALWAYS AS (transcript IS NOT NULL) STORED NOT NULL,
  recording_url TEXT,
  owner_id UUID,
  source TEXT COLLATE "C" DEFAULT '' NOT NULL,
  external_id TEXT COLLATE "C",
  unmatched BOOLEAN DEFAULT false NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT meeting_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT meeting_ends_at_check CHECK (ends_at >= at),
  CONSTRAINT meeting_status_check CHECK (status IN ('SCHEDULED', 'HELD', 'CANCELED', 'NO_SHOW')),
  CONSTRAINT meeting_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE note (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  body TEXT NOT NULL,
  owner_id UUID,
  source TEXT COLLATE "C" DEFAULT '' NOT NULL,
  external_id TEXT COLLATE "C",
  unmatched BOOLEAN DEFAULT false NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT note_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT note_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE sms (
  workspace_id UUID NOT NULL,
  id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  direction TEXT COLLATE "C" NOT NULL,
  from_number TEXT NOT NULL,
  to_number TEXT NOT NULL,
  body TEXT NOT NULL,
  owner_id UUID,
  source TEXT COLLATE "C" DEFAULT '' NOT NULL,
  external_id TEXT COLLATE "C",
  unmatched BOOLEAN DEFAULT false NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT sms_pk PRIMARY KEY (workspace_id, id),
  CONSTRAINT sms_direction_check CHECK (direction IN ('INBOUND', 'OUTBOUND')),
  CONSTRAINT sms_owner_id_fk FOREIGN KEY(workspace_id, owner_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);

CREATE TABLE mention (
  workspace_id UUID NOT NULL,
  note_id UUID NOT NULL,
  user_id UUID NOT NULL,
  CONSTRAINT mention_pk PRIMARY KEY (workspace_id, note_id, user_id),
  CONSTRAINT mention_note_id_fk FOREIGN KEY(workspace_id, note_id) REFERENCES note (workspace_id, id) ON DELETE CASCADE,
  CONSTRAINT mention_user_id_fk FOREIGN KEY(workspace_id, user_id) REFERENCES "user" (workspace_id, id) ON DELETE RESTRICT
);
