ALTER TABLE product ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(name || ' ', '') || coalesce(sku || ' ', '')) || chr(31) || searchable(' ' || coalesce(description || ' ', '')));

ALTER TABLE call ADD COLUMN search_key TEXT COLLATE "C" GENERATED ALWAYS AS (searchable(' ' || coalesce(summary || ' ', '') || coalesce(from_number || ' ', '') || coalesce(to_number || ' ', '')) || chr(31) || searchable(' ' || coalesce(transcript || ' ', ''))) STORED NOT NULL;

ALTER TABLE company ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(name || ' ', '') || coalesce(domain || ' ', '') || coalesce(phone || ' ', '')) || chr(31) || '');

ALTER TABLE email ADD COLUMN search_key TEXT COLLATE "C" GENERATED ALWAYS AS (searchable(' ' || coalesce(subject || ' ', '') || coalesce(from_address || ' ', '')) || chr(31) || searchable(' ' || coalesce(body || ' ', ''))) STORED NOT NULL;

ALTER TABLE meeting ADD COLUMN search_key TEXT COLLATE "C" GENERATED ALWAYS AS (searchable(' ' || coalesce(title || ' ', '') || coalesce(location || ' ', '')) || chr(31) || searchable(' ' || coalesce(summary || ' ', '') || coalesce(transcript || ' ', ''))) STORED NOT NULL;

ALTER TABLE note ADD COLUMN search_key TEXT COLLATE "C" GENERATED ALWAYS AS ('' || chr(31) || searchable(' ' || coalesce(body || ' ', ''))) STORED NOT NULL;

ALTER TABLE sms ADD COLUMN search_key TEXT COLLATE "C" GENERATED ALWAYS AS (searchable(' ' || coalesce(from_number || ' ', '') || coalesce(to_number || ' ', '')) || chr(31) || searchable(' ' || coalesce(body || ' ', ''))) STORED NOT NULL;

ALTER TABLE contact ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(first_name || ' ', '') || coalesce(last_name || ' ', '') || coalesce(email || ' ', '') || coalesce(phone || ' ', '')) || chr(31) || '');

ALTER TABLE deal ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(name || ' ', '')) || chr(31) || '');

ALTER TABLE "case" ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(number || ' ', '') || coalesce(subject || ' ', '') || coalesce(category || ' ', '')) || chr(31) || searchable(' ' || coalesce(description || ' ', '')));

ALTER TABLE lead ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(first_name || ' ', '') || coalesce(last_name || ' ', '') || coalesce(company_name || ' ', '') || coalesce(email || ' ', '') || coalesce(phone || ' ', '')) || chr(31) || searchable(' ' || coalesce(description || ' ', '')));

ALTER TABLE project ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(name || ' ', '')) || chr(31) || searchable(' ' || coalesce(description || ' ', '')));

ALTER TABLE quote ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(number || ' ', '') || coalesce(title || ' ', '')) || chr(31) || '');

ALTER TABLE contract ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(number || ' ', '') || coalesce(title || ' ', '')) || chr(31) || '');

ALTER TABLE invoice ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(number || ' ', '') || coalesce(bill_to_name || ' ', '') || coalesce(bill_to_email || ' ', '')) || chr(31) || '');

ALTER TABLE task ALTER COLUMN search_key SET EXPRESSION AS (searchable(' ' || coalesce(title || ' ', '')) || chr(31) || searchable(' ' || coalesce(description || ' ', '')));

ALTER TABLE file ADD COLUMN search_key TEXT COLLATE "C" GENERATED ALWAYS AS (searchable(' ' || coalesce(name || ' ', '')) || chr(31) || '') STORED NOT NULL;
