INSERT INTO app_user (id, handle, display_name, password_hash, avatar_url) VALUES
    ('00000000-0000-7000-8040-000000000001', 'ownpicture', 'Own', '', '/media/0123456789abcdef0123456789abcdef'),
    ('00000000-0000-7000-8040-000000000002', 'otherpicture', 'Other', '', '/api/v1/me');
