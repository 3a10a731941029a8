"""The shape of a rule: equal for rules that judge the same, whatever their numbers and spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.compiler.canonical import Shape, shape_of
from rulebook.packs import rule_from_text
from tests.factories.rulebook import cn_pack, rule_text

HEAD = "parameters: {limit: a.limit, other: a.other}\n"


def shape(check: str, **extra: str) -> Shape:
    more = "".join(f"{name}: {value}\n" for name, value in extra.items())
    text = rule_text().replace("check: term_months <= 36\n", f'{HEAD}{more}check: "{check}"\n')
    found = shape_of(rule_from_text(text))
    assert found is not None
    return found


def query(sql: str) -> Shape:
    text = rule_text().replace("check: term_months <= 36\nmeasured: term_months\n", f'{HEAD}sql: "{sql}"\n')
    found = shape_of(rule_from_text(text))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "other",
    [
        "term_months <= 12", ":limit >= term_months", "(term_months <= :other)", "TERM_MONTHS <= 7 * 2",
        "term_months <= VALUE_ON(:limit, contract_date) * 4", "((term_months) <= (3))",
    ],
)  # fmt: skip
def test_numbers_and_spelling_do_not_change_a_shape(other):
    assert shape(other).text == shape("term_months <= :limit").text == "row:term_months <= threshold"


@pytest.mark.parametrize(
    "other",
    [
        "term_months < 12", "term_months >= 12", "annual_rate_percent <= 12", "term_months * 2 <= 12",
        "term_months <= 12 AND status = 'paid'", "NOT term_months <= 12", "term_months = 12",
    ],
)  # fmt: skip
def test_another_demand_is_another_shape(other):
    assert shape(other).text != shape("term_months <= 12").text


def test_the_order_of_conjuncts_does_not_matter():
    one = shape("status = 'paid' AND term_months <= 12 AND (overdue_days > 3 OR outstanding_principal > 0)")
    two = shape("(outstanding_principal > 1 OR overdue_days > 9) AND :limit >= term_months AND status = 'paid'")
    assert one.text == two.text
    assert [bound.text for bound in one.bounds] == ["0", "3", "12"]
    assert [bound.text for bound in two.bounds] == ["1", "9", "$a.limit"]


def test_a_number_that_says_which_rows_are_meant_is_no_threshold():
    assert shape("term_months <> 1 OR overdue_days <= 5").text != shape("term_months <> 2 OR overdue_days <= 5").text


def test_between_is_two_thresholds():
    assert shape("term_months BETWEEN 1 AND 36").text == shape("term_months <= 60 AND term_months >= 6").text


def test_empty_cells_that_fail_make_another_shape():
    assert shape("term_months <= 12", null_fails="true").text != shape("term_months <= 12").text


@pytest.mark.parametrize(
    ("check", "tighter"),
    [
        ("term_months <= 12", ["down"]), ("term_months > 12", ["up"]), ("NOT term_months > 12", [""]),
        ("term_months <= 12 OR status = 'paid'", ["down"]), ("CASE WHEN term_months <= 12 THEN TRUE END", [""]),
        ("term_months = :limit", [""]),
    ],
)  # fmt: skip
def test_which_way_a_condition_tightens_is_said_only_where_it_is_certain(check, tighter):
    assert [bound.tighter for bound in shape(check).bounds] == tighter


def test_a_query_of_failures_tightens_the_other_way():
    summed = query(
        "SELECT borrower_token AS subject, SUM(outstanding_principal) AS measured, :limit AS threshold FROM loan_book "
        "WHERE term_months > 3 GROUP BY borrower_token HAVING SUM(outstanding_principal) > :limit"
    )
    assert [(bound.text, bound.tighter) for bound in summed.bounds] == [("3", ""), ("$a.limit", "down")]
    columns = "loan_id AS subject, term_months AS measured, 1 AS threshold"
    plain = query(f"SELECT {columns} FROM loan_book WHERE term_months < 3")
    assert [(bound.text, bound.tighter) for bound in plain.bounds] == [("3", "up")]


def test_a_query_is_the_same_whatever_its_parameter_is_called():
    text = "SELECT loan_id AS subject, term_months AS measured, {0} AS threshold FROM loan_book WHERE term_months > {0}"
    assert query(text.format(":limit")).text == query(text.format(":other")).text


@given(st.decimals(min_value=-999, max_value=999, places=2), st.decimals(min_value=-999, max_value=999, places=2))
def test_any_two_numbers_give_one_shape(one, two):
    assert shape(f"annual_rate_percent <= {abs(one)}").text == shape(f"annual_rate_percent <= {abs(two)}").text


def test_every_rule_of_the_pack_has_a_shape():
    executable = [rule for rule in cn_pack().rules if rule.form in ("row", "sql")]
    assert [rule.id for rule in executable if shape_of(rule) is None] == []
    assert [rule.id for rule in cn_pack().rules if rule.form in ("deadline", "question") and shape_of(rule)] == []
