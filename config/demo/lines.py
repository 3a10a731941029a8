"""The demo's firms of the other business lines: what each files for June 2017, and the one fault it shows.

Pure, like `market`: rows are the template's own sample row with some cells changed. Names carry 示范.
"""

import random
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from analytics.contracts import template
from config.demo.market import LAST_MONTH, SEED, DemoFiling, Firm, as_csv

DAYS = 30
ACCOUNTS, INVESTORS, POLICIES, ORDERS = 180, 230, 120, 60
PRIVATE_FUND_PERSONS = 201  # one more than a private fund may have

FIRMS: tuple[Firm, ...] = (
    Firm("DEMO-15", "示范支付", "310000", "reserves_elsewhere", 0, 0.0, line="payment"),
    Firm("DEMO-16", "示范众筹", "110000", "too_many_persons", 0, 0.0, line="equity_crowdfunding"),
    Firm("DEMO-17", "示范基金销售", "440000", "settlement_gap", 0, 0.0, line="fund_sales"),
    Firm("DEMO-18", "示范互联网保险", "330000", "late_handover", 0, 0.0, line="internet_insurance"),
    Firm("DEMO-19", "示范互联网信托", "500000", "no_telecom_licence", 0, 0.0, line="internet_trust"),
)
CONSUMER_FINANCE = "DEMO-14"  # registered with the lenders, for its complaint
Row = dict[str, str]


def filed_on(month: str) -> list[DemoFiling]:
    """What these firms file on the filing day of a month: everything on the day for June."""
    return list(filings()) if month == LAST_MONTH else []


@cache
def filings() -> tuple[DemoFiling, ...]:
    """Every file of these firms, in a fixed order."""
    made = [*_payment("DEMO-15"), *_crowdfunding("DEMO-16"), *_fund_sales("DEMO-17"), *_insurance("DEMO-18")]
    return (*made, *_profiles())


def _row(name: str, **cells: str) -> Row:
    sample = {c.name: c.sample.format(period=LAST_MONTH, month=LAST_MONTH) for c in template(name).columns}
    return {**sample, **cells}


def _filing(code: str, name: str, rows: list[Row]) -> DemoFiling:
    return DemoFiling(code, name, LAST_MONTH, as_csv(rows))


def _profiles() -> Iterator[DemoFiling]:
    """Everybody's own month; the trust has no telecom licence."""
    for code in (CONSUMER_FINANCE, *(firm.code for firm in FIRMS)):
        cells = {"telecom_licence": "none"} if code == "DEMO-19" else {}
        yield _filing(code, "institution_profile", [_row("institution_profile", **cells)])


def _payment(code: str) -> Iterator[DemoFiling]:
    """An account of the first class beyond its lifetime limit, one of a lender, a day with reserves elsewhere."""
    dice = random.Random(f"{SEED}:{code}")
    accounts = [_account(number, dice) for number in range(1, ACCOUNTS + 1)]
    accounts[4].update(account_class="I", balance_paid_since_opening="1250.00", balance_paid_this_year="400.00")
    accounts[9].update(client_kind="legal", client_sector="lending", account_class="")
    yield _filing(code, "payment_accounts", accounts)
    reserves = [_reserves(day) for day in _days()]
    reserves[20].update(held_elsewhere="300000000.00", with_qualified_banks="2300000000.00")
    yield _filing(code, "client_reserves", reserves)
    orders = [
        _row("payment_orders", order_id=f"P-{n:06d}", amount=f"{dice.randrange(5, 900)}.00",
             account_token=f"pa-{dice.randrange(1, ACCOUNTS):05d}", order_date=f"{LAST_MONTH}-{n % DAYS + 1:02d}")
        for n in range(1, ORDERS + 1)
    ]  # fmt: skip
    yield _filing(code, "payment_orders", orders)
    holders = (("sh-demo-0001", "60.0000", "true"), ("sh-demo-0002", "40.0000", "false"))
    yield _filing(code, "shareholders", [
        _row("shareholders", shareholder_token=token, holding_percent=percent, is_controller=controls)
        for token, percent, controls in holders
    ])  # fmt: skip


def _account(number: int, dice: random.Random) -> Row:
    paid = f"{dice.randrange(10, 950)}.00"
    return _row(
        "payment_accounts", account_token=f"pa-{number:05d}", client_token=f"ct-{number:06d}",
        account_class=dice.choice(("I", "II", "III")), verification_channels="5",
        balance_paid_since_opening=paid, balance_paid_this_year=paid,
    )  # fmt: skip


def _reserves(day: str) -> Row:
    return _row(
        "client_reserves", value_date=day, reserve_balance="5200000000.00",
        previous_month_daily_average="5100000000.00", central_deposit="2600000000.00",
        with_qualified_banks="2600000000.00",
    )  # fmt: skip


def _days() -> list[str]:
    return [f"{LAST_MONTH}-{day:02d}" for day in range(1, DAYS + 1)]


def _crowdfunding(code: str) -> Iterator[DemoFiling]:
    """One private fund with a person too many; the other issuers stay far below."""
    dice = random.Random(f"{SEED}:{code}")
    rows = [
        _row("crowdfunding_investors", subscription_id=f"SUB-{n:06d}", investor_token=f"iv-demo-{n:06d}",
             issuer_token="iss-fund-01" if n <= PRIVATE_FUND_PERSONS else f"iss-{n % 3}",
             product_kind="private_fund" if n <= PRIVATE_FUND_PERSONS else "equity",
             amount=f"{dice.randrange(100, 900)}000.00")
        for n in range(1, INVESTORS + 1)
    ]  # fmt: skip
    yield _filing(code, "crowdfunding_investors", rows)


def _fund_sales(code: str) -> Iterator[DemoFiling]:
    """One day on which the settlement account holds less than clients are owed."""
    days = [_row("fund_sales_settlement", value_date=day) for day in _days()]
    days[11].update(settlement_balance=str(Decimal(days[11]["client_payables"]) - Decimal("650000.00")))
    yield _filing(code, "fund_sales_settlement", days)
    yield _filing(code, "fund_distribution", [
        _row("fund_distribution", line_id=f"FD-{n:06d}", fund_code=f"F-{n:06d}") for n in range(1, 13)
    ])  # fmt: skip
    yield _filing(code, "crowdfunding_investors", [
        _row("crowdfunding_investors", subscription_id=f"SUB-{n:06d}", investor_token=f"iv-sale-{n:06d}",
             product_kind="private_fund", issuer_token=f"iss-fund-{n % 2}")
        for n in range(1, 41)
    ])  # fmt: skip


def _insurance(code: str) -> Iterator[DemoFiling]:
    """One application passed on after thirty hours, one sold by a body without a licence."""
    rows = [_row("insurance_handover", application_id=f"A-{n:06d}") for n in range(1, POLICIES + 1)]
    rows[7].update(passed_on=f"{LAST_MONTH}-07", passed_time="15:30")
    rows[31].update(sold_by="unlicensed")
    yield _filing(code, "insurance_handover", rows)
