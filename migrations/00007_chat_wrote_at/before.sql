INSERT INTO app_user (id, handle, display_name, password_hash) VALUES
    ('00000000-0000-7000-8007-000000000001', 'writes', 'Writes', ''),
    ('00000000-0000-7000-8007-000000000002', 'reads', 'Reads', '');
INSERT INTO conversation (id, kind, pair, last_seq) VALUES
    ('00000000-0000-7000-8007-000000000003', 'direct', 'writes:reads', 2);
INSERT INTO conversation_member (conversation_id, user_id) VALUES
    ('00000000-0000-7000-8007-000000000003', '00000000-0000-7000-8007-000000000001'),
    ('00000000-0000-7000-8007-000000000003', '00000000-0000-7000-8007-000000000002');
INSERT INTO message (id, conversation_id, seq, sender_type, sender_id, client_id, kind, content, created_at)
SELECT gen_random_uuid(), '00000000-0000-7000-8007-000000000003', n, 'user',
    '00000000-0000-7000-8007-000000000001', n::text, 'text', '{"text": "hello"}',
    timestamptz '2026-01-01 00:00Z' + n * interval '1 hour'
FROM generate_series(1, 2) n;
