"""Where the derived types live, by name; `schema.derive` fills it before the schema is built."""
