"""Amounts as people read them: https://docs.stripe.com/currencies."""

WITHOUT_FRACTION = set("bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split())  # noqa: SIM905 - a list of codes
THREE_DIGITS = {"bhd", "jod", "kwd", "omr", "tnd"}


def shown(amount: int, currency: str) -> str:
    """Return an amount with its currency, for example `USD 20.00`."""
    digits = 0 if currency in WITHOUT_FRACTION else 3 if currency in THREE_DIGITS else 2
    return f"{currency.upper()} {amount / 10**digits:,.{digits}f}"
