ALTER TABLE event_head ADD COLUMN relayed BIGINT DEFAULT '0' NOT NULL;

UPDATE event_head SET relayed = position;
