"""Money: exact, in the minor units of its currency as ISO 4217 has them. A float is refused, never rounded.

Rounding is the one of invoices: to the nearest minor unit, a half away from zero, so that a credit is rounded as the
charge that it takes back.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from django.utils.translation import pgettext
from iso4217 import Currency

from portal.lib.figures import NO_BREAK, figure, places_of

# Room for any sum of numbers of eighteen digits; Python's usual 28 would end in an error, or in a rounded sum.
_WIDE = Context(prec=80)

# Gold, drawing rights and the codes for tests have no minor unit: nobody is invoiced in them.
_CURRENCIES = {
    one.code: one for one in sorted(Currency, key=lambda one: one.code) if one.exponent is not None
}
# For forms: code, and code with ISO's own name.
CURRENCIES = [(code, f"{code} – {one.currency_name}") for code, one in _CURRENCIES.items()]


def known(currency: str) -> bool:
    return currency in _CURRENCIES


def minor_units(currency: str) -> int:
    """How many decimals the currency has: EUR 2, JPY 0, KWD 3. ValueError for what is no currency (today)."""
    if currency not in _CURRENCIES:
        raise ValueError(f"{currency!r} is not a currency of ISO 4217")
    return int(_CURRENCIES[currency].exponent or 0)


def smallest(currency: str) -> Decimal:
    """The smallest amount that the currency knows: EUR 0.01."""
    return Decimal(1).scaleb(-minor_units(currency))


def exact(amount: Decimal | int) -> Decimal:
    """`amount` as a Decimal. TypeError for a float (or a bool), ValueError for what is no finite number."""
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int):
        raise TypeError(f"money is Decimal, not {type(amount).__name__}")
    value = Decimal(amount)
    if not value.is_finite():
        raise ValueError(f"{amount} is no amount")
    return value


def round_money(amount: Decimal | int, currency: str) -> Decimal:
    """To the nearest minor unit, a half away from zero."""
    rounded = exact(amount).quantize(smallest(currency), rounding=ROUND_HALF_UP, context=_WIDE)
    # There is no minus zero in money.
    return rounded if rounded else abs(rounded)


def round_fraction(amount: Fraction, currency: str) -> Decimal:
    """As `round_money`, of an exact fraction, which no Decimal may be able to hold."""
    scaled = abs(amount) * 10 ** minor_units(currency)
    whole = int(scaled + Fraction(1, 2))
    return Decimal(whole if amount >= 0 else -whole).scaleb(-minor_units(currency), context=_WIDE)


def allocate(total: Decimal, weights: Sequence[Decimal | int], currency: str) -> list[Decimal]:
    """Divide `total` by `weights`: the parts sum to it exactly, each less than a minor unit from its share.

    By largest remainder; the earlier part wins a tie. `total` is in whole minor units, the weights are not negative
    and not all zero; else ValueError.
    """
    if exact(total) != round_money(total, currency):
        raise ValueError(f"{total} {currency} is not in whole minor units")
    shares = [Fraction(exact(weight)) for weight in weights]
    if any(share < 0 for share in shares) or not any(shares):
        raise ValueError("weights are positive numbers, at least one of them")
    units = int(abs(total).scaleb(minor_units(currency), context=_WIDE))
    ideal = [units * share / sum(shares) for share in shares]
    parts = [int(part) for part in ideal]
    by_remainder = sorted(range(len(parts)), key=lambda at: parts[at] - ideal[at])
    for at in by_remainder[: units - sum(parts)]:
        parts[at] += 1
    sign = -1 if total < 0 else 1
    return [
        Decimal(sign * part if part else 0).scaleb(-minor_units(currency), context=_WIDE) for part in parts
    ]


def add(amounts: Sequence[Decimal]) -> Decimal:
    """Their sum, exact whatever the size; 0 for none."""
    total = Decimal(0)
    for amount in amounts:
        total = _WIDE.add(total, exact(amount))
    return total


def money_text(amount: Decimal | int, currency: str) -> str:
    """ "EUR 1,234.50", "1.234,50 EUR": in the active language, never broken over two lines.

    Of a code that ISO no longer knows (an old contract's) two decimals are shown; without a code, only the figure.
    """
    places = minor_units(currency) if known(currency) else 2
    rounded = round_money(amount, currency) if known(currency) else exact(amount)
    return _with_code(figure(rounded, places), currency)


def price_text(amount: Decimal | int, currency: str) -> str:
    """As `money_text`, with all decimals of a price that is finer than the minor unit: "EUR 0.0045"."""
    places = minor_units(currency) if known(currency) else 2
    return _with_code(figure(exact(amount), max(places, places_of([exact(amount)]))), currency)


def amount_text(amount: Decimal | int, currency: str) -> str:
    """As `money_text` without the code, for columns under a head that names it."""
    return figure(round_money(amount, currency), minor_units(currency))


def _with_code(text: str, currency: str) -> str:
    if not currency:
        return text
    # Translators: an amount with the code of its currency. In German the code stands behind.
    pattern = pgettext("money", "%(currency)s %(amount)s")
    return (pattern % {"currency": currency, "amount": text}).replace(" ", NO_BREAK)
