DROP TRIGGER IF EXISTS source_confirmation_write_once ON rulebook_sourceconfirmation;
DROP FUNCTION IF EXISTS rulebook_confirmation_write_once();
