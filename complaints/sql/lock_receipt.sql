-- Wait until no other transaction files the form with this receipt. Released at the end of the transaction.
SELECT pg_advisory_xact_lock(%s);
