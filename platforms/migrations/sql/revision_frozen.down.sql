ALTER TABLE platforms_finding DROP CONSTRAINT finding_rows_are_few;
DROP TRIGGER revision_frozen ON platforms_filingrevision;
DROP FUNCTION platforms_revision_frozen();
