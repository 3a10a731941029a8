-- A confirmation is a signature: each column is written once, and no row is ever removed.
CREATE FUNCTION rulebook_confirmation_write_once() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'source confirmations are never deleted: withdraw it' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1
        FROM jsonb_each(to_jsonb(OLD)) AS kept (name, value)
        WHERE kept.value NOT IN ('null'::jsonb, '""'::jsonb)
            AND to_jsonb(NEW) -> kept.name IS DISTINCT FROM kept.value
    ) THEN
        RAISE EXCEPTION 'source confirmations are written once: withdraw it' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER source_confirmation_write_once BEFORE UPDATE OR DELETE ON rulebook_sourceconfirmation
    FOR EACH ROW EXECUTE FUNCTION rulebook_confirmation_write_once();
