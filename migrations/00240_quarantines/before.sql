INSERT INTO app_user (id, handle, display_name, password_hash) VALUES
    ('00000000-0000-7000-8240-000000000001', 'releases', 'Releases', '');
INSERT INTO bundle (sha256, size, unpacked_size, file_count) VALUES (repeat('24', 32), 1, 1, 1);
INSERT INTO app_image (hash, size, files) VALUES (repeat('24', 32), 1, '[]');
INSERT INTO version (id, app_id, label, state, notes, bundle_sha256, image_hash, diagnostics, report, created_by) VALUES
    ('00000000-0000-7000-8240-000000000002', 'ta0000000000240001', '1.0.0', 'ready', '', repeat('24', 32),
     repeat('24', 32), '[]', '{}', '00000000-0000-7000-8240-000000000001');
