-- How what was recorded went, and what it changed. Entries from before have neither: they were done.

ALTER TABLE audit_entries ADD COLUMN outcome TEXT COLLATE "C";
-- A JSON array of field, before and after.
ALTER TABLE audit_entries ADD COLUMN changes TEXT COLLATE "C";
CREATE INDEX audit_entries_by_user ON audit_entries (user_id, sequence);
CREATE INDEX audit_entries_by_action ON audit_entries (action, sequence);
CREATE INDEX audit_entries_by_target ON audit_entries (target, sequence);
CREATE INDEX audit_entries_by_outcome ON audit_entries (outcome, sequence);
CREATE INDEX audit_entries_by_time ON audit_entries (at, sequence);
