-- Grain: one table that carries the audit trigger.
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'lianxi_audit' ORDER BY 1
