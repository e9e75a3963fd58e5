"""The money of a country."""

_CURRENCIES = {"GB": "GBP", "US": "USD", "CA": "CAD", "CH": "CHF"}


def currency_of(country: str | None) -> str:
    """ISO 4217 of an ISO 3166 code; the euro for every other country, and where none is known."""
    return _CURRENCIES.get(country or "", "EUR")
