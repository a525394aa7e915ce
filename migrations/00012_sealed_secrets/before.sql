INSERT INTO payments.webhook_endpoint (app_id, url, secret, old_secret, old_until) VALUES
    ('ta0000000000000012', 'https://shop.example/hooks', decode(repeat('01', 32), 'hex'), decode(repeat('02', 32), 'hex'),
     '2030-01-01');
