-- One load of a pack at a time: the second waits here until the first has committed, then finds nothing to change.
SELECT pg_advisory_xact_lock(hashtextextended(%s, 3));
