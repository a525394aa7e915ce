DO $$
BEGIN
    ASSERT (SELECT avatar_url FROM app_user WHERE handle = 'ownpicture') = '/media/0123456789abcdef0123456789abcdef',
        'an uploaded picture stays';
    ASSERT (SELECT avatar_url FROM app_user WHERE handle = 'otherpicture') = '', 'another address is gone';
END $$;
