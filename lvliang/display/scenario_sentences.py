"""Sentences of scenarios side by side: what is assumed, what follows, which verdicts change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from lvliang.display.scenario_tables import (
    DERIVED,
    GROUPS,
    WHOLE,
    author_of,
    between,
    main_year,
    name_of,
    of_first,
    signed,
    source_of,
    told_of,
)
from lvliang.display.show import Sentence
from lvliang.display.words import amount, capital, label, number, target_name, text
from lvliang.feasibility.bands import NEAR_EDGE
from lvliang.feasibility.comparison import OWN, RANK, Comparison
from lvliang.feasibility.verdicts import Verdict
from lvliang.projection.scenario import DRIVERS, PERCENT, SHOCK, Scenario


def answer(found: Comparison, *, region: str, years: Sequence[int], lang: str) -> list[Sentence]:
    """Which verdicts change, the range of GDP, and ranks and joint chances, over the scenarios."""
    if not found.is_drawn:
        return [Sentence(text("scenarios.none", lang, region=region), "headline")]
    span = {"first": years[0], "last": years[-1]}
    if len(found.scenarios) == 1:
        return [Sentence(text("scenarios.none_apply", lang, **span), "headline")]
    said = [Sentence(_verdict_moves(found, region, lang), "headline")]
    said += _flips(found, lang)
    said += [Sentence(line) for line in _range(found, region, years[-1], lang)]
    return said + [Sentence(_word_range(found, what, years[-1], lang)) for what in told_of(found)]


def each(found: Comparison, *, year: int, lang: str) -> list[Sentence]:
    """One sentence a scenario: what is assumed, by whom, and what follows."""
    if not found.is_drawn:
        return []
    return [
        Sentence(_one(found, scenario, list(range(found.first_year, year + 1)), lang))
        for scenario in found.scenarios[1:]
    ]


def left_out(scenarios: Sequence[Scenario], *, years: Sequence[int], lang: str) -> list[Sentence]:
    """Which scenarios assume nothing of the years of the run, and which are of another city."""
    span = {"first": years[0], "last": years[-1]}
    lent = [one for one in scenarios if one.speaks_of(years)]
    silent = [one for one in scenarios if one not in lent]
    return [
        Sentence(text(key, lang, names=_titles(left, lang), **span), "note")
        for key, left in (("scenarios.left_out", silent), ("scenarios.lent", lent))
        if left
    ]


def notes(found: Comparison, lang: str) -> list[Sentence]:
    """Where a chance crosses an edge by a small move, and how the tables are read."""
    if not found.is_drawn or len(found.scenarios) == 1:
        return []
    first = of_first(found).set_index("target_id")["class"]
    verdicts = found.verdicts
    crossed = (verdicts["class"] != verdicts["target_id"].map(first)) & ~verdicts["flips"]
    said = [
        text(
            "scenarios.crossed",
            lang,
            scenario=name_of(found, row["scenario"], lang),
            target=target_name(Verdict.of(row).target, lang),
        )
        for _, row in verdicts[crossed].iterrows()
    ]
    told = told_of(found)
    graded = "joint" if set(told) & set(GROUPS) else "ranks" if RANK in told else "revenue"
    read = [text(f"scenarios.{name}", lang) for name in ("note", f"note_{graded}")]
    return [Sentence(words, "note") for words in [*said, between(lang).join(read)]]


def limits(found: Comparison, lang: str) -> Sentence:
    """What scenarios cannot tell, as far as those that are shown assume it."""
    shown = found.scenarios
    assumed_of = {
        "policy": any(one.drivers.get("policy") for one in shown),
        "shock": any(one.drivers.get(SHOCK) for one in shown),
        "city": any(one.is_of_a_city() and one.scenario_id != OWN for one in shown),
    }
    said = [text(f"scenarios.limits_{name}", lang) for name, holds in assumed_of.items() if holds]
    return Sentence(between(lang).join([text("scenarios.limits", lang), *said]), "caveat")


def assumed(scenario: Scenario, years: Sequence[int], lang: str) -> str:
    """What a scenario assumes of these years, driver by driver."""
    parts = []
    for driver in DRIVERS:
        values = scenario.path(driver, years)
        if not values:
            continue
        key = f"shock_{scenario.scope}" if driver == SHOCK else driver
        facts = {"persistence": number(100 * scenario.persistence, 0)} if driver == SHOCK else {}
        said = text("comma", lang).join(_spans(values, DRIVERS[driver].unit, lang))
        parts.append(text(f"assumed.{key}", lang, values=said, **facts))
    return text("semicolon", lang).join(parts)


def _verdict_moves(found: Comparison, region: str, lang: str) -> str:
    """How many of the scenarios change a verdict."""
    if found.verdicts["probability"].isna().all():
        return text("scenarios.no_targets", lang, region=region)
    changing = found.verdicts.loc[found.verdicts["flips"], "scenario"].nunique()
    if not changing:
        return text("scenarios.no_flips", lang)
    return text("scenarios.flips", lang, changing=changing, scenarios=len(found.scenarios) - 1)


def _flips(found: Comparison, lang: str) -> list[Sentence]:
    """Which verdicts change, a sentence a scenario."""
    flips = found.verdicts[found.verdicts["flips"]]
    return [
        Sentence(
            text(
                "scenarios.flip",
                lang,
                scenario=name_of(found, str(name), lang),
                moves=text("comma", lang).join(_moves(rows, lang)),
            )
        )
        for name, rows in flips.groupby("scenario", sort=False)
    ]


def _moves(rows: pd.DataFrame, lang: str) -> list[str]:
    """The verdicts of one scenario that change, those of an indicator and class together."""
    return [
        text(
            f"scenarios.{'up' if alike['against'].iloc[0] > 0 else 'down'}"
            f"_{'one' if len(alike) == 1 else 'more'}",
            lang,
            indicator=label(str(indicator), lang),
            periods=text("comma", lang).join(_period(row, lang) for _, row in alike.iterrows()),
            told=text(f"class.{told}", lang),
        )
        for (indicator, told), alike in rows.groupby(["indicator", "told"], sort=False)
    ]


def _period(row: pd.Series, lang: str) -> str:
    """The years of a target, and that it is derived, if the report does not set it."""
    years = {"first": row["first_year"], "last": row["deadline"]}
    kind = "one_year" if years["first"] == years["last"] else "years"
    period = text(f"scenarios.period_{kind}", lang, **years)
    if row["group"] != DERIVED:
        return period
    return text("scenarios.period_derived", lang, period=period)


def _range(found: Comparison, region: str, year: int, lang: str) -> list[str]:
    table = found.summary
    medians, first = table["gdp_nominal_q50"], table.iloc[0]
    low, high = medians.idxmin(), medians.idxmax()
    money = {
        "base": first["gdp_nominal_q50"],
        "low": medians[low],
        "high": medians[high],
    }
    said = text(
        "scenarios.range",
        lang,
        region=region,
        year=year,
        count=len(medians) - 1,
        low_name=name_of(found, low, lang),
        high_name=name_of(found, high, lang),
        **{name: amount(value, "亿元", lang, 0) for name, value in money.items()},
    )
    ends = first["gdp_nominal_q10"], first["gdp_nominal_q90"]
    if not ends[0] <= medians[low] <= medians[high] <= ends[1]:
        return [said]
    widths = {"apart": medians[high] - medians[low], "width": ends[1] - ends[0]}
    shown = {name: amount(value, "亿元", lang, 0) for name, value in widths.items()}
    return [said, text("scenarios.within", lang, **shown)]


def _word_range(found: Comparison, what: str, year: int, lang: str) -> str:
    """A chance in words over the scenarios, and which of them move it."""
    rows = found.chances[found.chances["what"] == what].set_index("scenario")
    moved = [
        text(f"scenarios.moved_{side}", lang, names=_listed(
            (name_of(found, name, lang) for name in rows.index[far]), lang))
        for side, far in (
            ("higher", rows["against"] >= NEAR_EDGE), ("lower", rows["against"] <= -NEAR_EDGE))
        if far.any()
    ]  # fmt: skip
    facts = {
        "what": text(f"scenario_group.{what}", lang, year=year, main_year=main_year(found)),
        "moved": text("scenarios.moved", lang, moves=text("clause", lang).join(moved))
        if moved
        else "",
    }
    words = rows["word"].map(lambda word: text(f"likelihood.{word}", lang))
    if len(set(words)) == 1:
        return text("scenarios.word_same", lang, word=words.iloc[0], **facts)
    low, high = rows["share"].idxmin(), rows["share"].idxmax()
    ends = {"base": words.iloc[0], "low": words[low], "high": words[high]}
    names = {"low_name": name_of(found, low, lang), "high_name": name_of(found, high, lang)}
    return text("scenarios.word_range", lang, **ends, **names, **facts)


def _one(found: Comparison, scenario: Scenario, years: list[int], lang: str) -> str:
    row = found.summary.loc[scenario.scenario_id]
    judged = found.verdicts[found.verdicts["scenario"] == scenario.scenario_id]
    flips = judged[judged["flips"]]
    verdicts = text("scenarios.verdicts_same", lang)
    if len(flips):
        verdicts = text("comma", lang).join(_moves(flips, lang))
    if judged["probability"].isna().all():
        verdicts = ""
    drawn = pd.notna(row["budget_revenue_q50"])
    return text(
        "scenarios.one" if drawn else "scenarios.one_no_revenue",
        lang,
        title=capital(name_of(found, scenario.scenario_id, lang)),
        assumed=assumed(scenario, years, lang),
        author=author_of(scenario, lang),
        source=source_of(scenario, lang),
        year=years[-1],
        gdp=amount(row["gdp_nominal_q50"], "亿元", lang, 0),
        gdp_against=_against(row["gdp_nominal_against"], "percent", lang),
        revenue_against=_against(row["budget_revenue_against"], "percent", lang),
        growth=number(row["growth"]),
        growth_against=_against(row["growth_against"], "points", lang),
        prices=number(row["prices"]),
        prices_against=_against(row["prices_against"], "points", lang),
        verdicts=text("scenarios.verdicts", lang, verdicts=verdicts) if verdicts else "",
    )


def _spans(values: dict[int, float], unit: str, lang: str) -> list[str]:
    """Values by year, years in a row with the same value together."""
    spans: list[tuple[int, int, float]] = []
    for year, value in sorted(values.items()):
        if spans and spans[-1][1:] == (year - 1, value):
            spans[-1] = (spans[-1][0], year, value)
        else:
            spans.append((year, year, value))
    return [_span(*span, unit, lang) for span in spans]


def _span(first: int, last: int, value: float, unit: str, lang: str) -> str:
    several = "one_year" if first == last else "years" if value else "years_flat"
    sized = _sized(value, unit, lang)
    return text(f"assumed.{several}", lang, first=first, last=last, value=sized)


def _sized(value: float, unit: str, lang: str) -> str:
    if value == 0:
        return text("assumed.flat", lang)
    return text(f"assumed.{'percent' if unit == PERCENT else 'points'}", lang, size=signed(value))


def _against(moved: float, kind: str, lang: str) -> str:
    if pd.isna(moved) or abs(moved) < WHOLE:
        return text("scenarios.same", lang)
    side = "more" if moved > 0 else "less"
    return text(f"scenarios.{kind}_{side}", lang, size=number(abs(moved)))


def _titles(scenarios: Sequence[Scenario], lang: str) -> str:
    return _listed((one.title(lang) for one in scenarios), lang)


def _listed(names: Iterable[str], lang: str) -> str:
    return text("comma", lang).join(text("scenarios.quoted", lang, name=name) for name in names)
