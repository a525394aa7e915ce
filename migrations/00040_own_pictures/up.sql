-- Pictures of people, accounts and apps are ours: uploaded ones, and public files of mini programs.
-- Other addresses of the host were taken before.
UPDATE app_user SET avatar_url = ''
    WHERE avatar_url !~ '^(/media/[0-9a-f]{32}(/thumbnail)?|/images/[0-9a-f]{64}/[^?#]+)?$';
UPDATE official_account SET avatar_url = ''
    WHERE avatar_url !~ '^(/media/[0-9a-f]{32}(/thumbnail)?|/images/[0-9a-f]{64}/[^?#]+)?$';
UPDATE app SET icon_url = ''
    WHERE icon_url !~ '^(/media/[0-9a-f]{32}(/thumbnail)?|/images/[0-9a-f]{64}/[^?#]+)?$';
