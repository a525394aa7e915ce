DO $$
BEGIN
    ASSERT (SELECT disabled_as FROM app_user WHERE id = '00000000-0000-7000-8011-000000000001') IS NULL,
        'an open account stays open';
    ASSERT (SELECT disabled_as FROM app_user WHERE id = '00000000-0000-7000-8011-000000000002') = 'suspended',
        'who was disabled is suspended';
END $$;
