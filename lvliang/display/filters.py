"""How a text tells the facts that it is given: ``{{ gap | num(2) }}``; see ``docs/texts.md``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from lvliang.baseline.regions import find_region
from lvliang.display.words import NOTHING, Words, capital, number, plain, signed, words_in
from lvliang.errors import DataError


class UnknownWord(Exception):
    """A word of a text that there is not."""


def filters(told: Words) -> dict[str, Callable[..., Any]]:
    """By name, in a language."""

    def counted(values: Any, units: str = "亿元") -> Any:
        """Numbers published in ``units`` as the page counts; of a frame, its decimal numbers."""
        if isinstance(values, pd.DataFrame):
            found = told.in_unit(values.select_dtypes("float"), units)
            return values.drop(columns=found.columns).join(found)[values.columns]
        return told.in_unit(values, units)

    def label(code: object, kind: str, own: bool = False) -> str:
        try:
            return told.label(code, kind)
        except DataError as fault:
            if own:
                return str(code)
            raise UnknownWord(fault.args[0]) from None

    def labels(codes: Iterable[object], kind: str, own: bool = False) -> str:
        return told.comma.join(label(code, kind, own) for code in dict.fromkeys(codes))

    def worded(named: object, name: str) -> Any:
        try:
            return told.of(named, name)
        except (KeyError, AttributeError) as fault:
            raise UnknownWord(f"nothing is worded {name!r}: {fault}") from None

    def city(code: str) -> str:
        return find_region(code).name(told.lang)

    return {
        "abs": abs,
        "amount": told.amount,
        "capital": capital,
        "chance": told.chance,
        "cities": lambda codes: told.comma.join(map(city, codes)),
        "city": city,
        "counted": counted,
        "date": lambda day, form: f"{day:{form}}",
        "decimals": told.decimals_in,
        "figures": lambda found: told.figures(*found),
        "graded": told.graded,
        "indicator": told.indicator,
        "label": label,
        "labels": labels,
        "length": len,
        "level": lambda value, decimals=0: told.number_in(value, "亿元", decimals),
        "measured": told.measured,
        "names": lambda rows: told.comma.join(row[f"indicator_{told.lang}"] for row in rows),
        "num": number,
        "num_or_dash": lambda value, decimals: number(value, decimals) or NOTHING,
        "number_in": told.number_in,
        "percent": lambda share: number(100 * share, 0),
        "place": told.place,
        "plain": plain,
        "published": words_in("zh").unit,
        "quantity": told.quantity,
        "signed": signed,
        "spans": told.spans,
        "target": told.target,
        "thousands": lambda count: f"{count:,}",
        "title": lambda one, other="": told.scenario(one) if one else other,
        "unit": told.unit,
        "word": told.word,
        "worded": worded,
    }
