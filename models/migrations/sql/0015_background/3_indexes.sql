CREATE INDEX dead_letter_created_at_ix ON dead_letter (workspace_id, created_at, id);

CREATE INDEX dead_letter_kind_ix ON dead_letter (workspace_id, kind, id);

CREATE INDEX dead_letter_state_ix ON dead_letter (workspace_id, state, id);

CREATE INDEX dead_letter_updated_at_ix ON dead_letter (workspace_id, updated_at, id);

CREATE INDEX effect_at_ix ON effect (workspace_id, at);
