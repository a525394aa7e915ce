DO $$
BEGIN
    ASSERT (SELECT (created_at, last_seen_at, user_agent, ip, ended_at IS NULL)
            = (timestamptz '2026-01-01', timestamptz '2026-01-02', 'new', '203.0.113.2', true)
        FROM login_session WHERE id = '00000000-0000-7000-8010-000000000010'),
        'a family is one session, begun with its first token and last seen with its newest';
    ASSERT (SELECT ended_at = '2026-01-03' FROM login_session WHERE id = '00000000-0000-7000-8010-000000000020'),
        'a revoked family is a session that has ended';
END $$;
