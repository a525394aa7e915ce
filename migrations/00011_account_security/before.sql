INSERT INTO app_user (id, handle, display_name, password_hash, disabled_at) VALUES
    ('00000000-0000-7000-8011-000000000001', 'open', 'Open', '', NULL),
    ('00000000-0000-7000-8011-000000000002', 'shut', 'Shut', '', '2026-01-01');
