INSERT INTO official_account (id, handle, name, kind) VALUES
    ('00000000-0000-7000-8033-000000000001', 'downed', 'Downed', 'service');
INSERT INTO app (id, account_id, name, disabled_at) VALUES
    ('ta0000000000033001', '00000000-0000-7000-8033-000000000001', 'Down', '2026-01-01 00:00Z'),
    ('ta0000000000033002', '00000000-0000-7000-8033-000000000001', 'Up', NULL);
INSERT INTO audit_log (id, actor, action, target, detail, request_id, ip) VALUES
    ('00000000-0000-7000-8033-000000000011', 'user:a', 'app.disable', 'app:ta0000000000033001', '{"reason": "spam"}', '', ''),
    ('00000000-0000-7000-8033-000000000012', 'user:b', 'app.disable', 'app:ta0000000000033001', '{"reason": "fraud"}', '', ''),
    ('00000000-0000-7000-8033-000000000013', 'user:b', 'app.disable', 'app:ta0000000000033002', '{"reason": "error"}', '', '');
