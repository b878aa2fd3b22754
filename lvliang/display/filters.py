"""How a text tells the facts that it is given: ``{{ gap | num(2) }}``; see ``docs/texts.md``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from lvliang.baseline.regions import find_region
from lvliang.display.words import NOTHING, Words, capital, number, plain, signed, words_in
from lvliang.errors import DataError

OF_WORDS = (
    "amount", "chance", "graded", "indicator", "measured", "number_in", "place", "quantity",
    "spans", "target", "unit", "word",
)  # fmt: skip


class UnknownWord(Exception):
    """A word of a text that there is not."""


def filters(words: Words) -> dict[str, Callable[..., Any]]:
    """By name, in a language."""

    def counted(values: Any, units: str = "亿元") -> Any:
        """Numbers published in ``units`` as the page counts; of a frame, its decimal numbers."""
        if isinstance(values, pd.DataFrame):
            numbers = words.in_unit(values.select_dtypes("float"), units)
            return values.drop(columns=numbers.columns).join(numbers)[values.columns]
        return words.in_unit(values, units)

    def label(code: object, kind: str, own: bool = False) -> str:
        try:
            return words.label(code, kind)
        except DataError as fault:
            if own:
                return str(code)
            raise UnknownWord(fault.args[0]) from None

    def labels(codes: Iterable[object], kind: str, own: bool = False) -> str:
        return words.comma.join(label(code, kind, own) for code in dict.fromkeys(codes))

    def worded(named: object, name: str) -> Any:
        try:
            return words.of(named, name)
        except (KeyError, AttributeError) as fault:
            raise UnknownWord(f"nothing is worded {name!r}: {fault}") from None

    def city(code: str) -> str:
        return find_region(code).name(words.lang)

    made = {name: getattr(words, name) for name in OF_WORDS} | {
        "abs": abs,
        "capital": capital,
        "cities": lambda codes: words.comma.join(map(city, codes)),
        "city": city,
        "counted": counted,
        "date": lambda day, form: f"{day:{form}}",
        "decimals": words.decimals_in,
        "figures": lambda of: words.figures(*of),
        "label": label,
        "labels": labels,
        "length": len,
        "level": lambda value, decimals=0: words.number_in(value, "亿元", decimals),
        "names": lambda rows: words.comma.join(row[f"indicator_{words.lang}"] for row in rows),
        "num": number,
        "num_or_dash": lambda value, decimals: number(value, decimals) or NOTHING,
        "percent": lambda share: number(100 * share, 0),
        "plain": plain,
        "published": words_in("zh").unit,
        "signed": signed,
        "thousands": lambda count: f"{count:,}",
        "title": lambda scenario, other="": words.scenario(scenario) if scenario else other,
        "worded": worded,
    }
    return dict(sorted(made.items()))
