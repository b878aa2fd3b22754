"""How pages count: as published, and in English billions in place of 亿元."""

from __future__ import annotations

from typing import TypeVar

import pandas as pd

YI_IN_A_BILLION = 10  # 亿

Numbers = TypeVar("Numbers", float, pd.Series, pd.DataFrame)


def in_billions(units: str, lang: str) -> bool:
    """Whether pages in ``lang`` count in billions what is published in ``units``."""
    return units == "亿元" and lang == "en"


def in_unit(values: Numbers, units: str, lang: str) -> Numbers:
    """Values published in ``units`` in the unit of the page.

    Examples
    --------
    >>> in_unit(1538.04, "亿元", "zh"), in_unit(1538.04, "亿元", "en"), in_unit(8.0, "%", "en")
    (1538.04, 153.804, 8.0)
    """
    return values / YI_IN_A_BILLION if in_billions(units, lang) else values


def decimals_in(units: str, lang: str, decimals: int) -> int:
    """Decimals by which `in_unit` tells as much as the published value with ``decimals``.

    Examples
    --------
    >>> decimals_in("亿元", "zh", 0), decimals_in("亿元", "en", 0), decimals_in("%", "en", 1)
    (0, 1, 1)
    """
    return decimals + 1 if in_billions(units, lang) else decimals
