DO $$
BEGIN
    ASSERT (SELECT wrote_at FROM conversation_member WHERE user_id = '00000000-0000-7000-8007-000000000001')
        = '2026-01-01 02:00Z', 'who wrote has the time of the newest message';
    ASSERT (SELECT wrote_at FROM conversation_member WHERE user_id = '00000000-0000-7000-8007-000000000002')
        IS NULL, 'who only read has none';
END $$;
