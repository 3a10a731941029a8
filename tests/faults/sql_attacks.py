"""A seeded grammar of attacks on the rule sandbox: (class, SQL) pairs, never the same twice in a run.

Classes: whole statements; files and network as tables; functions with side effects; names; clauses; joins; bombs;
nesting; types; lexical tricks; attack fragments inside real rules; real rules with their words changed; random SELECTs.
"""

# ruff: noqa: E501 -- lists of attacks read better one beside the other

import random
import re
from collections.abc import Callable, Iterator, Sequence

FILES = ("{files}/canary.csv", "{files}/canary.parquet", "{files}/*.csv", "{files}/canary.json", "{files}/canary.db",
         "/etc/passwd", "/proc/self/environ", "/proc/self/maps", "http://127.0.0.1:{port}/x.csv", "s3://bucket/x.parquet",
         "file://{files}/canary.csv", "{files}/../files/canary.csv", "{files}/**/*", "postgres://127.0.0.1:{port}/x",
         "{socket}", "/dev/stdin", "\\\\host\\share", "hf://datasets/x/y.parquet", "~/.duckdb/stored_secrets")  # fmt: skip
FILE_FUNCTIONS = (
    "read_csv", "read_csv_auto", "read_text", "read_blob", "read_parquet", "parquet_scan", "parquet_metadata",
    "parquet_schema", "parquet_file_metadata", "read_json", "read_json_auto", "read_ndjson", "read_json_objects", "glob",
    "sniff_csv", "sqlite_scan", "postgres_scan", "mysql_scan", "iceberg_scan", "delta_scan", "st_read", "read_xlsx",
    "which_secret", "query", "query_table", "arrow_scan", "pandas_scan", "python_map_function", "force_checkpoint",
)  # fmt: skip
CATALOGUE = (
    "duckdb_settings()", "duckdb_secrets()", "duckdb_tables()", "duckdb_views()", "duckdb_functions()",
    "duckdb_extensions()", "duckdb_databases()", "duckdb_columns()", "duckdb_temporary_files()", "duckdb_memory()",
    "pragma_version()", "pragma_database_size()", "pragma_table_info('loan_book')", "information_schema.tables",
    "information_schema.columns", "pg_catalog.pg_tables", "pg_catalog.pg_settings", "sqlite_master", "hidden_secret",
    "main.hidden_secret", "memory.main.hidden_secret", "main.loan_book", "temp.loan_book", "system.main.duckdb_views",
    "pg_tables", "loan_book_secret", "platforms_platform", "common_user", "HIDDEN_SECRET", "ｌoan_book", "lоan_book",
    "show_tables()", "test_all_types()", "repeat_row(1, num_rows=100000000)", "checkpoint('x')", "summary('loan_book')",
)  # fmt: skip
FUNCTIONS = (
    "getenv('HOME')", "getenv('PATH')", "current_setting('memory_limit')", "getvariable('x')", "version()", "current_user",
    "session_user", "current_database()", "current_schema()", "current_query()", "txid_current()", "pg_backend_pid()",
    "now()", "current_timestamp", "current_date", "random()", "gen_random_uuid()", "uuid()", "nextval('s')",
    "read_text('{files}/canary.csv')", "write_log('x')", "sleep_ms(3000)", "pg_sleep(3)", "query('SELECT 1')", "eval('1')",
    "system('id')", "shell('id')", "exec('id')", "load_extension('httpfs')", "in_search_path('main', 'x')",
    "to_json(loan_book)", "struct_pack(a := 1)", "hash(loan_id)", "md5(loan_id)", "error('x')", "constant_or_null(1, 1)",
    "list_transform([1], x -> x)", "list_reduce([1, 2], (x, y) -> x + y)", "array_apply([1], x -> x)", "map([1], [2])",
    "json_extract('{{}}', '$')", "regexp_replace(loan_id, '(a*)*b', 'x')", "regexp_matches(loan_id, '(a|a)*$')",
    "strptime('1', '%f')", "format('{{}}', loan_id)", "printf('%1000000000d', 1)", "chr(0)", "bit_count(1)",
    "CAST(loan_id AS JSON)", "CAST('x' AS BLOB)", "CAST([1] AS INTEGER[])", "TRY_CAST(loan_id AS INET)", "loan_id::regclass",
    "icu_sort_key('x', 'y')", "nfc_normalize(loan_id)", "url_encode(loan_id)", "add_parquet_key('k', 'v')",
    "alias(loan_id)", "typeof(loan_id)", "stats(loan_id)", "can_cast_implicitly(1, 2)", "finalize(loan_id)", "vector_type(1)",
    "COLUMNS(*)", "COLUMNS('.*')", "ROW(1, 2)", "GROUPING(loan_id)", "UNNEST([1, 2])", "GENERATE_SUBSCRIPTS([1], 1)",
    "MEAN(loan_id) OVER ()", "MEAN(MEAN(1))", "MATCH_FULL(loan_id, '(a+)+$')", "MATCH_FULL(loan_id, loan_id)",
    "ROUND_HALF_UP(1, -1)", "ROUND_HALF_UP(1, 99999999)", "TEXT_PART(loan_id, -5, 3)", "PLUS_DAYS(contract_date, 'x')",
    "TEXTS_JOINED(loan_id, repeat('x', 1000000000))", "AMOUNT()", "SAFE_DIV(1)", "WORKING_DAYS(1, 2)", "VALUE_ON(:x, 1)",
    "?", "$1", "$name", ":name", "@var", "#1", "getvariable", "DATE 'infinity'", "DATE '99999-01-01'", "INTERVAL 1 YEAR",
)  # fmt: skip
STATEMENTS = (
    "COPY loan_book TO '{files}/out.csv'", "COPY (SELECT 1) TO '{files}/out.parquet' (FORMAT parquet)",
    "COPY loan_book FROM '{files}/canary.csv'", "COPY FROM DATABASE memory TO x", "EXPORT DATABASE '{files}/out'",
    "IMPORT DATABASE '{files}'", "ATTACH '{files}/canary.db' AS x", "ATTACH ':memory:' AS x", "DETACH memory", "USE x",
    "INSTALL httpfs", "INSTALL httpfs FROM 'http://127.0.0.1:{port}'", "FORCE INSTALL json", "LOAD httpfs", "LOAD '{files}/x.so'",
    "PRAGMA database_list", "PRAGMA show_tables", "PRAGMA enable_profiling", "PRAGMA memory_limit='64GB'", "PRAGMA version",
    "SET memory_limit='64GB'", "SET threads=64", "SET enable_external_access=true", "SET VARIABLE x = 1", "RESET ALL",
    "SET GLOBAL lock_configuration=false", "SET SESSION search_path='temp'", "SET schema='x'", "CHECKPOINT", "VACUUM",
    "CREATE MACRO abs(x) AS 42", "CREATE OR REPLACE TEMP MACRO sum(x) AS 42", "CREATE FUNCTION f(x) AS x",
    "CREATE MACRO t() AS TABLE SELECT 1", "CREATE TABLE t AS SELECT * FROM loan_book", "CREATE TEMP VIEW loan_book AS SELECT 1",
    "CREATE SECRET (TYPE S3)", "DROP VIEW loan_book", "DROP SCHEMA main", "CREATE SEQUENCE s", "CREATE TYPE x AS ENUM ('a')",
    "CREATE INDEX i ON loan_book (loan_id)", "ALTER VIEW loan_book RENAME TO x", "DELETE FROM loan_book", "TRUNCATE loan_book",
    "UPDATE loan_book SET loan_id = 'x'", "INSERT INTO loan_book VALUES (1)", "MERGE INTO loan_book USING x ON 1=1 WHEN MATCHED THEN DELETE",
    "CALL pragma_version()", "CALL force_checkpoint()", "PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE p", "EXPLAIN SELECT 1",
    "EXPLAIN ANALYZE SELECT 1", "DESCRIBE loan_book", "SUMMARIZE loan_book", "SHOW TABLES", "SHOW ALL TABLES", "BEGIN", "COMMIT", "ROLLBACK",
    "VALUES (1)", "TABLE loan_book", "FROM loan_book", "PIVOT loan_book ON status USING count(*)", "UNPIVOT loan_book ON loan_id INTO NAME a VALUE b",
    "COMMENT ON VIEW loan_book IS 'x'", "ANALYZE", "KILL 1", "GRANT ALL ON loan_book TO x", "WITH x AS (DELETE FROM loan_book RETURNING 1) SELECT * FROM x",
    "SELECT 1 AS a INTO OUTFILE '{files}/x'", "SELECT * INTO t FROM loan_book", "SELECT 1 AS a; DROP VIEW loan_book", "SELECT 1 AS a;;SELECT 2",
)  # fmt: skip
CLAUSES = (
    "SELECT loan_id FROM loan_book TABLESAMPLE 10%", "SELECT loan_id FROM loan_book USING SAMPLE 5", "SELECT DISTINCT ON (status) loan_id FROM loan_book",
    "SELECT status, COUNT(*) AS n FROM loan_book GROUP BY ALL", "SELECT status, COUNT(*) AS n FROM loan_book GROUP BY 1", "SELECT loan_id FROM loan_book ORDER BY 1",
    "SELECT status, COUNT(*) AS n FROM loan_book GROUP BY ROLLUP (status)", "SELECT COUNT(*) AS n FROM loan_book GROUP BY CUBE (status)", "SELECT loan_id FROM loan_book ORDER BY ALL",
    "SELECT loan_id FROM loan_book LIMIT (SELECT 10)", "SELECT loan_id FROM loan_book LIMIT 10%", "SELECT loan_id FROM loan_book LIMIT 99999999999", "SELECT loan_id FROM loan_book OFFSET 5",
    "SELECT * EXCLUDE (loan_id) FROM loan_book", "SELECT * REPLACE (1 AS loan_id) FROM loan_book", "SELECT * RENAME (loan_id AS x) FROM loan_book", "SELECT COLUMNS('loan.*') FROM loan_book",
    "SELECT loan_book FROM loan_book", "SELECT l.* FROM loan_book AS l", "SELECT a.b.c.d AS a FROM loan_book", "SELECT loan_id AS \"a; DROP\" FROM loan_book", "SELECT unnest(row_number) FROM loan_book",
    "SELECT SUM(row_number) OVER (ORDER BY row_number RANGE BETWEEN 1000000 PRECEDING AND 1000000 FOLLOWING) AS a FROM loan_book",
    "SELECT SUM(row_number) OVER (ORDER BY row_number ROWS BETWEEN 1000000000 PRECEDING AND CURRENT ROW) AS a FROM loan_book",
    "SELECT SUM(row_number) OVER (ORDER BY row_number GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) AS a FROM loan_book",
    "SELECT SUM(row_number) OVER w AS a FROM loan_book WINDOW w AS (ORDER BY row_number)", "SELECT loan_id FROM loan_book FOR UPDATE", "SELECT loan_id FROM loan_book AT (VERSION => 1)",
    "SELECT x FROM (VALUES (1)) AS t(x)", "SELECT loan_id FROM (FROM loan_book) AS x", "SELECT loan_id FROM (TABLE loan_book) AS x", "WITH x(a) AS (SELECT 1 AS b) SELECT a FROM x",
    "WITH x AS MATERIALIZED (SELECT 1 AS a) SELECT a FROM x", "WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM x) SELECT a FROM x", "WITH x AS (SELECT 1 AS a), x AS (SELECT 2 AS a) SELECT a FROM x",
    "WITH loan_book AS (SELECT 1 AS loan_id) SELECT loan_id FROM loan_book", "WITH LOAN_BOOK AS (SELECT 'x' AS loan_id) SELECT loan_id FROM loan_book", "SELECT 1 AS a UNION BY NAME SELECT 2 AS b",
    "SELECT loan_id FROM loan_book, LATERAL (SELECT 1) AS x", "SELECT loan_id FROM loan_book PIVOT (COUNT(*) FOR status IN ('paid'))", "SELECT loan_id FROM loan_book AS l (a, b)", "SELECT [x FOR x IN (1, 2)] AS a",
    "SELECT loan_id FROM loan_book WHERE loan_id IN loan_book", "SELECT loan_id FROM loan_book WHERE row_number > ANY (SELECT 1)", "SELECT loan_id FROM loan_book WHERE row_number = ALL (SELECT 1)",
    "SELECT LAG(row_number, 1000000000) OVER (ORDER BY row_number) AS a FROM loan_book", "SELECT ARRAY_AGG(loan_id) AS a FROM loan_book", "SELECT COUNT(DISTINCT (loan_id, status)) AS a FROM loan_book",
    "SELECT STRUCT_PACK(*) AS a FROM loan_book", "SELECT {{'a': 1}} AS a", "SELECT [1, 2][1] AS a", "SELECT MAP {{'a': 1}} AS a", "SELECT 'a' SIMILAR TO '(a*)*' AS a", "SELECT 'a' ~ '(a*)*' AS a", "SELECT 'a' GLOB '*' AS a",
)  # fmt: skip
LOW = ("currency", "status", "borrower_kind", "interest_method", "guarantor_kind")
LOOK_ALIKES = {"a": "а", "e": "е", "o": "ο", "(": "（", "'": "ʼ", " ": "\u00a0", "_": "＿", "S": "Ｓ", "-": "–", "=": "＝"}
NOISE = ("\x00", "\u200b", "\ufeff", "/*", "*/", "--", "/* */", ";", "'", '"', "`", "$$", "\\", "%", "}}", "{{", "\x1a", "\r", "/**/ ", "--\n", "\u2028")
WORDS = ("SELECT", "FROM", "WHERE", "loan_book", "fund_ledger", "loan_id", "principal_amount", "NULL", "OR", "TRUE", "1", "'x'", ",", "(", ")", "UNION ALL", "JOIN", "ON", "AS",
         "GROUP BY", "EXISTS", "NOT", "=", "<", "*", "COUNT(*)", "read_csv('{files}/canary.csv')", "DISTINCT", "HAVING", "OVER ()", "hidden_secret", "LIMIT 1", "ORDER BY loan_id", "IN")  # fmt: skip
PARTS = ("a", "", "平", "_", "\\")
NUMBERS = ("row_number", "principal_amount", "outstanding_principal", "annual_rate_percent", "term_months", "0", "1", "2.5", "1000000")
TEXTS = ("loan_id", "status", "currency", "borrower_token", "'x'", "''", "'平台'", "'a''b'")
DATES = ("contract_date", "fundraising_start", "fundraising_end", "CAST('2017-06-30' AS DATE)", "DATE '2016-02-29'")


class Attacks:
    """The grammar with its own chance; `rules` are the SQL texts of real rules (whole queries)."""

    def __init__(self, seed: int, rules: Sequence[str]) -> None:
        self.chance = random.Random(seed)
        self.rules = rules
        self.makers: dict[str, Callable[[], str]] = {
            "statement": self.statement,
            "file or network": self.file,
            "function": self.function,
            "name": self.name,
            "clause": self.clause,
            "join": self.join,
            "bomb": self.bomb,
            "nesting": self.nesting,
            "type": self.kind,
            "lexical": self.lexical,
            "fragment in a rule": self.injected,
            "changed rule": self.changed,
            "random select": self.select,
        }

    def attacks(self, count: int) -> Iterator[tuple[str, str]]:
        """So many different (class, SQL) pairs, the classes in turn."""
        seen: set[str] = set()
        names = list(self.makers)
        turn = 0
        while len(seen) < count:
            name = names[turn % len(names)]
            turn += 1
            text = self.makers[name]().replace("{{", "{").replace("}}", "}")
            if self.chance.random() < 0.15:
                text = self.disguised(text)
            if text not in seen:
                seen.add(text)
                yield name, text

    def pick(self, options: Sequence[str]) -> str:
        """One of them."""
        return self.chance.choice(options)

    def statement(self) -> str:
        """A statement that is no SELECT, alone or beside one."""
        text = self.pick(STATEMENTS)
        return self.pick((text, f"{text};", f"SELECT 1 AS a; {text}", f"{text}; SELECT 1 AS a", f"({text})",
                          f"WITH x AS ({text}) SELECT * FROM x", f"SELECT * FROM ({text}) AS x", f"EXPLAIN {text}",
                          f"/* {self.chance.randrange(10**6)} */ {text}", f"{text} -- {self.chance.randrange(10**6)}"))  # fmt: skip

    def file(self) -> str:
        """A file, a glob or an address where a table stands."""
        path, call = self.pick(FILES), self.pick(FILE_FUNCTIONS)
        source = self.pick((f"{call}('{path}')", f"{call}(['{path}'])", f"'{path}'", f'"{path}"', f"{call}('{path}', header = true)",
                            f"main.{call}('{path}')", f"(SELECT * FROM {call}('{path}'))", f"LATERAL {call}('{path}')"))  # fmt: skip
        return self.around(source)

    def around(self, source: str) -> str:
        """A query that reads a source in one of many places."""
        column = self.pick(("*", "content", "loan_id", "1 AS a", "COUNT(*) AS n", "value"))
        return self.pick((
            f"SELECT {column} FROM {source}", f"SELECT {column} FROM {source} AS x", f"SELECT loan_id FROM loan_book UNION ALL SELECT {column} FROM {source}",
            f"SELECT loan_id FROM loan_book WHERE loan_id IN (SELECT {column} FROM {source})", f"WITH x AS (SELECT {column} FROM {source}) SELECT * FROM x",
            f"SELECT (SELECT {column} FROM {source} LIMIT 1) AS a", f"SELECT l.loan_id FROM loan_book AS l JOIN {source} AS x ON l.loan_id = x.content",
            f"SELECT loan_id FROM loan_book WHERE EXISTS (SELECT 1 AS a FROM {source})", f"FROM {source} SELECT {column}", f"SELECT CASE WHEN (SELECT {column} FROM {source}) > 1 THEN 1 END AS a",
        ))  # fmt: skip

    def function(self) -> str:
        """A function with side effects or outside the subset."""
        call = self.pick(FUNCTIONS)
        return self.pick((f"SELECT {call} AS a", f"SELECT {call} AS a FROM loan_book", f"SELECT loan_id FROM loan_book WHERE {call} = loan_id",
                          f"SELECT COUNT(*) AS n FROM loan_book GROUP BY {call}", f"SELECT loan_id FROM loan_book ORDER BY {call}",
                          f"SELECT COALESCE({call}, {self.text(1)}) AS a FROM loan_book", f"SELECT loan_id FROM loan_book HAVING {call} IS NULL",
                          f"SELECT CASE WHEN {self.condition(1)} THEN {call} END AS a FROM loan_book",
                          f"SELECT SUM({call}) OVER (ORDER BY row_number) AS a FROM loan_book"))  # fmt: skip

    def name(self) -> str:
        """Another table, the catalogue, or a look-alike."""
        return self.around(self.pick(CATALOGUE))

    def clause(self) -> str:
        """A clause outside the subset, perhaps deep in a legal query."""
        text = self.pick(CLAUSES)
        return self.pick((text, f"WITH x{self.chance.randrange(99)} AS ({text}) SELECT 1 AS a", f"SELECT COUNT(*) AS n FROM ({text}) AS x",
                          f"{text} UNION ALL {text}", f"SELECT loan_id FROM loan_book WHERE EXISTS ({text})"))  # fmt: skip

    def join(self) -> str:
        """A join that grows."""
        column, parts = self.pick(LOW), self.chance.randrange(1, 6)
        how = self.pick(("JOIN", "LEFT JOIN", "FULL JOIN", "SEMI JOIN", "CROSS JOIN", "NATURAL JOIN", "ASOF JOIN", "POSITIONAL JOIN", "INNER JOIN"))
        on = self.pick((f"t0.{column} = t{{n}}.{column}", "1 = 1", "TRUE", "t0.row_number < t{n}.row_number", f"t0.{column} = t0.{column}",
                        f"t0.{column} = t{{n}}.{column} OR TRUE", f"t0.{column} IS NOT DISTINCT FROM t{{n}}.{column}", f"t0.{column} = t{{n}}.{column} AND 1 = 1"))  # fmt: skip
        joined = " ".join(f"{how} loan_book AS t{n} ON {on.format(n=n)}" for n in range(1, parts + 1))
        if how in {"CROSS JOIN", "NATURAL JOIN", "POSITIONAL JOIN"}:
            joined = " ".join(f"{how} loan_book AS t{n}" for n in range(1, parts + 1))
        what = self.pick(("COUNT(*) AS n", "t0.loan_id AS a", "SUM(t0.row_number) AS s", "MAX(t0.loan_id || t0.status) AS m"))
        return f"SELECT {what} FROM loan_book AS t0 {joined}"

    def bomb(self) -> str:
        """Strings, lists, sums and steps that double."""
        steps, text = self.chance.randrange(4, 19), self.pick(("loan_id", "status", "borrower_token"))
        doubled = ", ".join(f"s{n} AS (SELECT a || a AS a FROM s{n - 1})" for n in range(1, steps))
        joined = ", ".join(f"s{n} AS (SELECT x.a FROM s{n - 1} AS x JOIN s{n - 1} AS y ON x.a = y.a)" for n in range(1, 6))
        size = self.chance.randrange(10**6, 10**10)
        return self.pick((
            f"WITH s0 AS (SELECT {text} AS a FROM loan_book), {doubled} SELECT LENGTH(a) AS n FROM s{steps - 1}",
            f"WITH s0 AS (SELECT {self.pick(LOW)} AS a FROM loan_book), {joined} SELECT COUNT(*) AS n FROM s5",
            f"SELECT REPEAT('x', {size}) AS a", f"SELECT LPAD('x', {size}, 'y') AS a", f"SELECT RANGE({size}) AS a", f"SELECT * FROM RANGE({size}) AS t(x)",
            f"SELECT * FROM GENERATE_SERIES(1, {size})", f"SELECT TEXTS_JOINED({text} || {text}, ',') AS a FROM loan_book GROUP BY {self.pick(LOW)}",
            f"SELECT {' || '.join([text] * self.chance.randrange(50, 900))} AS a FROM loan_book", f"SELECT {' + '.join(['row_number'] * self.chance.randrange(50, 1400))} AS a FROM loan_book",
            f"SELECT {' * '.join(['principal_amount'] * self.chance.randrange(3, 200))} AS a FROM loan_book", f"SELECT loan_id FROM loan_book WHERE {' OR '.join(f'row_number = {n}' for n in range(self.chance.randrange(50, 900)))}",
            f"SELECT loan_id FROM loan_book WHERE row_number IN ({', '.join(str(n) for n in range(self.chance.randrange(100, 4000)))})",
            f"SELECT loan_id FROM loan_book AS a WHERE EXISTS (SELECT 1 AS x FROM loan_book AS b WHERE b.{self.pick(LOW)} <> a.{self.pick(LOW)} AND EXISTS (SELECT 1 AS x FROM loan_book AS c WHERE c.row_number <> b.row_number AND c.row_number > a.row_number))",
            f"SELECT (SELECT SUM(b.row_number) FROM loan_book AS b WHERE b.row_number < a.row_number AND b.{self.pick(LOW)} = a.{self.pick(LOW)}) AS s FROM loan_book AS a",
            f"SELECT {', '.join(f'SUM(row_number) OVER (PARTITION BY {self.pick(LOW)} ORDER BY row_number ROWS BETWEEN {n} PRECEDING AND {n} FOLLOWING) AS a{n}' for n in range(self.chance.randrange(2, 60)))} FROM loan_book",
            f"SELECT PLUS_MONTHS(contract_date, {size}) AS a FROM loan_book", f"SELECT PLUS_DAYS(contract_date, 0 - {size}) AS a FROM loan_book", f"SELECT TEXT_PART({text}, 1, {size}) AS a FROM loan_book",
            " UNION ALL ".join(["SELECT loan_id FROM loan_book"] * self.chance.randrange(2, 60)),
        ))  # fmt: skip

    def nesting(self) -> str:
        """Brackets, calls, CASE, NOT, subqueries and signs nested deep."""
        depth = self.chance.randrange(5, 300)
        open_, close, core = self.pick((
            "(|)|1", "ABS(|)|1", "CASE WHEN TRUE THEN | END|1", "NOT |  |TRUE", "- |  |1", "COALESCE(|, 1)|1", "(SELECT |)|1", "CAST(| AS DATE)|'2017-01-01'",
            "[|]|1", "{{'a': |}}|1", "GREATEST(1, |)|1", "IF(TRUE, |, 1)|1", "SAFE_DIV(|, 2)|1", "MONTH_START(|)|contract_date", "PLUS_DAYS(|, 1)|contract_date", "INTERVAL |  |1", "ROUND_HALF_UP(|, 2)|1",
            "MONTHS_BETWEEN_FLOOR(contract_date, PLUS_DAYS(contract_date, |))|1", "EXISTS (SELECT 1 AS a WHERE |)|TRUE",
        )).split("|")  # fmt: skip
        return f"SELECT {open_ * depth}{core}{close * depth} AS a FROM loan_book"

    def kind(self) -> str:
        """Casts to every kind of type."""
        kinds = ("BLOB", "JSON", "INTEGER[]", "STRUCT(a INTEGER)", "MAP(VARCHAR, INTEGER)", "UUID", "BIT", "HUGEINT", "TIMESTAMPTZ", "ENUM('a')", "INET", "VARCHAR", "DECIMAL(38, 37)",
                 "DOUBLE", "BIGINT", "regclass", "UNION(a INTEGER)", "TIME", "INTERVAL", "GEOMETRY", "main.x", "DATE", "VARINT", "BOOLEAN", "CHAR(1000000000)", "TEXT COLLATE NOCASE")  # fmt: skip
        value, kind = self.pick((*NUMBERS, *TEXTS, *DATES)), self.pick(kinds)
        cast = self.pick((f"CAST({value} AS {kind})", f"TRY_CAST({value} AS {kind})", f"({value})::{kind}", f"{kind} {value}", f"CAST(CAST({value} AS {kind}) AS VARCHAR)"))
        return self.pick((f"SELECT {cast} AS a FROM loan_book", f"SELECT loan_id FROM loan_book WHERE {cast} IS NULL", f"SELECT SUM({cast}) AS a FROM loan_book"))

    def lexical(self) -> str:
        """A legal query with a foreign sign somewhere."""
        text = self.pick((*self.rules, self.select()))
        for _ in range(self.chance.randrange(1, 4)):
            place = self.chance.randrange(len(text) + 1)
            text = text[:place] + self.pick(NOISE) + text[place:]
        return text

    def disguised(self, text: str) -> str:
        """The same attack with other case, comments between words, or look-alike letters."""
        how = self.chance.randrange(5)
        if how == 0:
            return "".join(sign.upper() if self.chance.random() < 0.5 else sign.lower() for sign in text)
        if how == 1:
            return text.replace(" ", self.pick(("/**/", "\n", "\t", " /* -- */ ", "--x\n", "\u00a0", "\u3000")))
        if how == 2:
            sign = self.pick(list(LOOK_ALIKES))
            return text.replace(sign, LOOK_ALIKES[sign], self.chance.randrange(1, 4))
        if how == 3:
            return f"({text})" if self.chance.random() < 0.5 else f"{text} --"
        return re.sub(r"\b(loan_id|loan_book|status)\b", r'"\1"', text)

    def injected(self) -> str:
        """A real rule with an attack where an expression, a table or a condition stood."""
        rule = self.pick(self.rules)
        target = self.pick(re.findall(r"\b[a-z_]+\b|\b[0-9.]+\b", rule) or ["loan_id"])
        attack = self.pick((self.pick(FUNCTIONS), f"(SELECT content FROM {self.pick(FILE_FUNCTIONS)}('{self.pick(FILES)}'))", self.pick(CATALOGUE), f"'x'; {self.pick(STATEMENTS)} --",
                            f"1) UNION ALL SELECT * FROM {self.pick(CATALOGUE)} --", "x' OR '1'='1", f"(({self.select()}))", f"{self.pick(FILE_FUNCTIONS)}('{self.pick(FILES)}')"))  # fmt: skip
        places = [found.start() for found in re.finditer(rf"\b{re.escape(target)}\b", rule)] or [0]
        place = self.chance.choice(places)
        return rule[:place] + attack + rule[place + len(target) :]

    def changed(self) -> str:
        """A real rule with words dropped, doubled, swapped or replaced: some stay legal and are run."""
        words = re.findall(r"'[^']*'|\w+|\s+|[^\w\s]", self.pick(self.rules))
        for _ in range(self.chance.randrange(1, 5)):
            place = self.chance.randrange(len(words))
            how = self.chance.randrange(4)
            if how == 0:
                words[place] = " "
            elif how == 1:
                words.insert(place, words[place])
            elif how == 2:
                other = self.chance.randrange(len(words))
                words[place], words[other] = words[other], words[place]
            else:
                words[place] = f" {self.pick((*WORDS, *NUMBERS, *TEXTS, self.pick(FUNCTIONS)))} "
        return "".join(words)

    def select(self) -> str:
        """A random query, mostly inside the subset: it is run, to see what the engine does with it."""
        shape = self.chance.randrange(6)
        if shape == 0:
            return f"SELECT {self.number(2)} AS a, {self.text(2)} AS b FROM loan_book WHERE {self.condition(2)}"
        if shape == 1:
            return f"SELECT {self.pick(LOW)} AS subject, {self.pick(('SUM', 'MIN', 'MAX', 'COUNT', 'MEAN', 'AVG'))}({self.number(1)}) AS measured FROM loan_book GROUP BY {self.pick(LOW)} HAVING {self.condition(1)}"
        if shape == 2:
            return f"SELECT a.loan_id, {self.pick(('ROW_NUMBER()', 'RANK()', 'SUM(a.row_number)', 'LAG(a.row_number)'))} OVER (PARTITION BY a.{self.pick(LOW)} ORDER BY a.row_number) AS n FROM loan_book AS a JOIN fund_ledger AS b ON a.loan_id = b.loan_id WHERE b.amount > {self.number(0)}"
        if shape == 3:
            return f"WITH x AS (SELECT {self.pick(LOW)} AS k, COUNT(*) AS n FROM loan_book GROUP BY {self.pick(LOW)}) SELECT k AS subject, n AS measured FROM x WHERE n > {self.chance.randrange(50)} ORDER BY k"
        if shape == 4:
            return f"SELECT {self.day(1)} AS d, DAYS_BETWEEN({self.day(1)}, {self.day(0)}) AS n FROM loan_book WHERE {self.condition(1)} LIMIT {self.chance.randrange(1, 99)}"
        return f"SELECT loan_id FROM loan_book WHERE {self.condition(1)} {self.pick(('UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT'))} SELECT loan_id FROM fund_ledger WHERE amount > {self.chance.randrange(999)}"

    def number(self, depth: int) -> str:
        """A number."""
        if depth == 0 or self.chance.random() < 0.3:
            return self.pick(NUMBERS)
        a, b = self.number(depth - 1), self.number(depth - 1)
        return self.pick((f"({a} + {b})", f"({a} - {b})", f"{a} * {b}", f"SAFE_DIV({a}, {b})", f"ROUND_HALF_UP({a}, 2)", f"ABS({a})", f"COALESCE({a}, {b})", f"GREATEST({a}, {b})", f"{a} / {b}", f"REMAINDER({a}, {b})",
                          f"CASE WHEN {self.condition(depth - 1)} THEN {a} ELSE {b} END", f"LENGTH({self.text(depth - 1)})", f"FLOOR_DIV({a}, {b})", f"MONTHS_BETWEEN_FLOOR({self.day(0)}, {self.day(0)})", f"-{a}"))  # fmt: skip

    def text(self, depth: int) -> str:
        """A text."""
        if depth == 0 or self.chance.random() < 0.3:
            return self.pick(TEXTS)
        a, b = self.text(depth - 1), self.text(depth - 1)
        return self.pick((f"{a} || {b}", f"COALESCE({a}, {b})", f"UPPER_ASCII({a})", f"TEXT_PART({a}, 1, {self.chance.randrange(1, 50)})", f"TRIM({a})", f"DATE_TEXT({self.day(0)})", f"NULLIF({a}, {b})", f"LOWER({a})",
                          f"CASE WHEN {self.condition(depth - 1)} THEN {a} ELSE {b} END"))  # fmt: skip

    def day(self, depth: int) -> str:
        """A date."""
        if depth == 0 or self.chance.random() < 0.3:
            return self.pick(DATES)
        a = self.day(depth - 1)
        return self.pick((f"PLUS_DAYS({a}, {self.pick(NUMBERS)})", f"PLUS_MONTHS({a}, {self.pick(NUMBERS)})", f"MONTH_START({a})", f"LAST_DAY({a})", f"{a} + 1", f"COALESCE({a}, {self.pick(DATES)})"))

    def condition(self, depth: int) -> str:
        """A condition."""
        a = self.pick((f"{self.number(depth)} {self.pick(('>', '<', '=', '<>', '>=', '<='))} {self.number(depth)}", f"{self.text(depth)} = {self.text(depth)}", f"{self.text(0)} LIKE '%{self.pick(PARTS)}%'",
                       f"{self.day(depth)} < {self.day(depth)}", f"{self.number(0)} IS NULL", f"{self.text(0)} IN ('x', 'CNY')", f"{self.number(0)} BETWEEN 1 AND {self.number(0)}", f"MATCH_FULL({self.text(0)}, '[A-Z]{{3}}')",
                       "TRUE", f"CONTAINS({self.text(0)}, 'a')", "guarantee_flag"))  # fmt: skip
        if depth == 0 or self.chance.random() < 0.4:
            return a
        return self.pick((f"({a} AND {self.condition(depth - 1)})", f"({a} OR {self.condition(depth - 1)})", f"NOT {a}", a))
