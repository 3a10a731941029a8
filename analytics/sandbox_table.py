"""What rule SQL may contain. Deny by default: a node or function that is not in these tables is refused.

Each admitted function says whether its value is the same on DuckDB and Spark (`portable`); the others are admitted for
DuckDB only and a rule that uses them says so in its vetting result. Differences were met by running both engines:
months between dates, DATE - DATE, rounding casts, substr from 0, decimal division.
"""

from sqlglot import exp

# function class -> the same value on DuckDB and Spark
FUNCTIONS: dict[type[exp.Expr], bool] = {
    # aggregates
    exp.Count: True,
    exp.Sum: True,
    exp.Min: True,
    exp.Max: True,
    exp.Avg: False,
    exp.AnyValue: False,
    exp.ArrayAgg: False,
    exp.LogicalAnd: True,
    exp.LogicalOr: True,
    # windows
    exp.RowNumber: True,
    exp.Rank: True,
    exp.DenseRank: True,
    exp.Lag: True,
    exp.Lead: True,
    # values
    exp.Abs: True,
    exp.Round: False,
    exp.Floor: True,
    exp.Ceil: True,
    exp.Coalesce: True,
    exp.Nullif: True,
    exp.Greatest: False,
    exp.Least: False,
    exp.If: True,
    exp.Case: True,
    exp.Cast: False,
    exp.TryCast: False,
    exp.Exists: True,
    # text
    exp.Length: True,
    exp.Lower: True,
    exp.Upper: True,
    exp.Left: True,
    exp.Right: True,
    exp.Substring: False,
    exp.StartsWith: True,
    exp.RegexpLike: False,
    # days
    exp.Year: True,
    exp.Month: True,
    exp.Day: True,
    exp.Extract: True,
    exp.DateDiff: False,
    exp.DateTrunc: False,
    exp.TimestampTrunc: False,
    exp.LastDay: True,
}

_VALUES: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Neg, exp.Interval, exp.Var,
        exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.DPipe,
        exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ,
        exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Like, exp.Tuple,
        exp.DataType, exp.DataTypeParam,
    }
)  # fmt: skip
_QUERIES: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Select, exp.From, exp.Table, exp.TableAlias, exp.Alias, exp.Star, exp.Where, exp.Group, exp.Having,
        exp.Order, exp.Ordered, exp.Limit, exp.Join, exp.With, exp.CTE, exp.Subquery, exp.Union, exp.Intersect,
        exp.Except, exp.Distinct, exp.Window, exp.WindowSpec, exp.Filter, exp.Qualify, exp.Bracket, exp.Slice,
        exp.IgnoreNulls, exp.WithinGroup,
    }
)  # fmt: skip

AGGREGATES_AND_WINDOWS = (exp.AggFunc, exp.Window, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead)
CONDITION_NODES: frozenset[type[exp.Expr]] = _VALUES | {
    function for function in FUNCTIONS if not issubclass(function, (*AGGREGATES_AND_WINDOWS, exp.Exists))
}
QUERY_NODES: frozenset[type[exp.Expr]] = _VALUES | _QUERIES | frozenset(FUNCTIONS)
CAST_TYPES = frozenset(
    {
        exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.DECIMAL, exp.DataType.Type.DOUBLE,
        exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT, exp.DataType.Type.DATE, exp.DataType.Type.BOOLEAN,
    }
)  # fmt: skip
EXTRACT_PARTS = frozenset({"YEAR", "MONTH", "DAY", "QUARTER", "WEEK", "DOW"})
JOIN_SIDES = frozenset({"", "LEFT", "RIGHT", "FULL"})
JOIN_KINDS = frozenset({"", "INNER", "OUTER", "SEMI", "ANTI"})
