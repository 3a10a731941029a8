DROP TRIGGER lianxi_audit ON $TABLE$;
