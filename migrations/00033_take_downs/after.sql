DO $$
BEGIN
    ASSERT (SELECT disabled_reason || ' ' || disabled_by FROM app WHERE id = 'ta0000000000033001') = 'fraud user:b',
        'what is down has its last reason';
    ASSERT (SELECT disabled_reason IS NULL AND disabled_by IS NULL FROM app WHERE id = 'ta0000000000033002'),
        'what is up has none';
END $$;
