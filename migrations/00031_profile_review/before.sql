INSERT INTO official_account (id, handle, name, kind) VALUES
    ('00000000-0000-7000-8031-000000000001', 'seen', 'Seen', 'service'),
    ('00000000-0000-7000-8031-000000000002', 'unseen', 'Unseen', 'service');
INSERT INTO app (id, account_id, name) VALUES
    ('ta0000000000031001', '00000000-0000-7000-8031-000000000001', 'Approved'),
    ('ta0000000000031002', '00000000-0000-7000-8031-000000000001', 'Not yet'),
    ('ta0000000000031003', '00000000-0000-7000-8031-000000000002', 'Rejected');
INSERT INTO bundle (sha256, size, unpacked_size, file_count) VALUES (repeat('3', 64), 1, 1, 1);
INSERT INTO app_image (hash, size, files) VALUES (repeat('3', 64), 1, '[]');
INSERT INTO version (id, app_id, label, state, notes, bundle_sha256, image_hash, diagnostics, report, created_by) VALUES
    ('00000000-0000-7000-8031-000000000011', 'ta0000000000031001', '1', 'approved', '',
        repeat('3', 64), repeat('3', 64), '[]', '{}', gen_random_uuid()),
    ('00000000-0000-7000-8031-000000000013', 'ta0000000000031003', '1', 'rejected', '',
        repeat('3', 64), repeat('3', 64), '[]', '{}', gen_random_uuid());
INSERT INTO submission (id, version_id, app_id, state, notes, scope_reasons, submitted_by, decided_at) VALUES
    (gen_random_uuid(), '00000000-0000-7000-8031-000000000011', 'ta0000000000031001', 'approved', '', '{}',
        gen_random_uuid(), '2026-01-01 00:00Z'),
    (gen_random_uuid(), '00000000-0000-7000-8031-000000000013', 'ta0000000000031003', 'rejected', '', '{}',
        gen_random_uuid(), '2026-01-02 00:00Z');
