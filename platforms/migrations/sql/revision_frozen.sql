-- What was submitted stays as it was: content, receipt and times of a revision change no more, no revision is deleted.
CREATE FUNCTION platforms_revision_frozen() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a filing revision is never deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.submitted_at IS NOT NULL AND (
        NEW.filing_id, NEW.number, NEW.staged_key, NEW.content_sha256, NEW.content_bytes, NEW.media_type,
        NEW.submitted_at, NEW.known_at, NEW.receipt_number
    ) IS DISTINCT FROM (
        OLD.filing_id, OLD.number, OLD.staged_key, OLD.content_sha256, OLD.content_bytes, OLD.media_type,
        OLD.submitted_at, OLD.known_at, OLD.receipt_number
    ) THEN
        RAISE EXCEPTION 'a submitted filing revision does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $fn$;

CREATE TRIGGER revision_frozen BEFORE UPDATE OR DELETE ON platforms_filingrevision
    FOR EACH ROW EXECUTE FUNCTION platforms_revision_frozen();

-- A finding shows at most 20 row numbers; all failing rows are in its evidence file.
ALTER TABLE platforms_finding ADD CONSTRAINT finding_rows_are_few CHECK (jsonb_array_length(row_numbers) <= 20);
