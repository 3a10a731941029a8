-- Grain: one row. Parameters: kind, label, authorities (bigint[] literal), platform, request id.
-- Meaning: tells PostgreSQL who acts until the end of the transaction; row-level policies and the audit trigger read it.
SELECT set_config('lianxi.kind', %s, true),
       set_config('lianxi.actor', %s, true),
       set_config('lianxi.authorities', %s, true),
       set_config('lianxi.platform', %s, true),
       set_config('lianxi.request', %s, true)
