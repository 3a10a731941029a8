-- A row of a kept table says what was known from created_at until retired_at. It may be retired once; its words never
-- change and it is never deleted, so that the question "what was known then" always has its true answer.
CREATE OR REPLACE FUNCTION lianxi_keep_versions() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'versions are never deleted: retire the row of %', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.retired_at IS NOT NULL
        OR to_jsonb(NEW) - 'retired_at' IS DISTINCT FROM to_jsonb(OLD) - 'retired_at'
    THEN
        RAISE EXCEPTION 'versions are written once: retire the row of % and add another', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER lianxi_keep_versions BEFORE UPDATE OR DELETE ON $TABLE$
    FOR EACH ROW EXECUTE FUNCTION lianxi_keep_versions();
