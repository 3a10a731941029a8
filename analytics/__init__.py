"""The analytic plane: filing templates, strict reader, lake, SQL files, rule checks and the jail they run in.

A plain package without Django, so that the jail's child process and a Spark job can import it cheaply.
"""
