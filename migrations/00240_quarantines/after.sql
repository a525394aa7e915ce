INSERT INTO quarantine (id, app_id, version_id, since, until, deaths, host) VALUES
    ('00000000-0000-7000-8240-000000000011', 'ta0000000000240001', '00000000-0000-7000-8240-000000000002',
     '2026-01-01 00:00Z', '2026-01-01 00:10Z', '[{"at": "2026-01-01T00:00:00Z", "detail": "killed"}]', 'a');
DO $$
DECLARE
    bad text;
BEGIN
    FOREACH bad IN ARRAY ARRAY[
        $q$UPDATE quarantine SET until = since$q$,
        $q$UPDATE quarantine SET deaths = '{}'$q$,
        $q$UPDATE quarantine SET released_at = now()$q$,
        $q$UPDATE quarantine SET released_by = '00000000-0000-7000-8240-000000000001'$q$,
        $q$UPDATE quarantine SET released_at = now(), released_by = '00000000-0000-7000-8240-000000000001'$q$,
        $q$UPDATE quarantine SET released_at = now(), release_reason = 'mended'$q$]
    LOOP
        BEGIN
            EXECUTE bad;
            RAISE EXCEPTION 'was not refused: %', bad;
        EXCEPTION WHEN check_violation THEN
            NULL; -- as it should be
        END;
    END LOOP;
    UPDATE quarantine SET released_at = now(), released_by = '00000000-0000-7000-8240-000000000001',
        release_reason = 'mended';
END $$;
