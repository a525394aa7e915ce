-- Why an app is taken down and by whom, beside the fact: the audit log is for reading what happened,
-- not for computing what holds now.
ALTER TABLE app ADD COLUMN disabled_reason text;
ALTER TABLE app ADD COLUMN disabled_by text;

UPDATE app SET (disabled_reason, disabled_by) = (
    SELECT l.detail ->> 'reason', l.actor FROM audit_log l
    WHERE l.action = 'app.disable' AND l.target = 'app:' || app.id ORDER BY l.id DESC LIMIT 1)
WHERE disabled_at IS NOT NULL;
