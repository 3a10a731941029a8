-- The function stays: other tables may use it, and the next table to be kept replaces it.
DROP TRIGGER IF EXISTS lianxi_keep_versions ON $TABLE$;
