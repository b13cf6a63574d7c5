"""Amounts of credits, which hold to the hundredth."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.credits import Credits, exact
from mock_server.core.setting_limits import LIMITS
from mock_server.domain.accounts import Account

MOST = int(LIMITS["credits"].most or 0)
amounts = st.integers(0, 10**8).map(lambda hundredths: exact(hundredths / 100))


@given(st.integers(0, MOST), st.lists(st.tuples(amounts, st.none() | st.integers(0, 50)), max_size=40))
def test_what_is_left_is_what_decimals_say(start: int, paid: list[tuple[Credits, int | None]]) -> None:
    account, left = Account(credits=start), Decimal(start)
    for price, refund_at in paid:
        account.pay(price, refund_at)
        left -= Decimal(str(price))
    assert Decimal(str(account.credits)) == left
    back = sum((Decimal(str(price)) for price, refund_at in paid if refund_at is not None), Decimal())
    assert Decimal(str(account.balance(50.0))) == left + back


@given(amounts)
def test_a_whole_number_is_one(amount: Credits) -> None:
    assert isinstance(amount, int) == (Decimal(str(amount)) % 1 == 0)
    assert exact(amount) == amount


def test_three_prices_of_four_tenths_leave_no_rest() -> None:
    account = Account(credits=2)
    for _ in range(3):
        account.pay(0.4, None)
    assert repr(account.credits) == "0.8"


def test_the_most_credits_hold_to_the_hundredth() -> None:
    assert Decimal(str(exact(MOST - 0.01))) == Decimal(MOST) - Decimal("0.01")
    assert Decimal(str(exact(exact(MOST - 0.02) + 0.01))) == Decimal(MOST) - Decimal("0.01")
