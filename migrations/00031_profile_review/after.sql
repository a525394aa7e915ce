DO $$
BEGIN
    ASSERT (SELECT reviewed_at FROM app WHERE id = 'ta0000000000031001') = '2026-01-01 00:00Z',
        'an app whose version was approved has been seen';
    ASSERT (SELECT count(reviewed_at) FROM app WHERE id IN ('ta0000000000031002', 'ta0000000000031003')) = 0,
        'others have not';
    ASSERT (SELECT reviewed_at FROM official_account WHERE handle = 'seen') = '2026-01-01 00:00Z',
        'the account of an app that has been seen, too';
    ASSERT (SELECT reviewed_at FROM official_account WHERE handle = 'unseen') IS NULL, 'and no other account';
END $$;
