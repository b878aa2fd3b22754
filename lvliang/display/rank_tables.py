"""Tables and sentences of ranks in the province."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lvliang.baseline.regions import Region, find_region, peers
from lvliang.display.show import Sentence, Table, with_year
from lvliang.display.words import amount, capital, in_words, number, place, text
from lvliang.feasibility.bands import likelihood
from lvliang.feasibility.ranks import TREATMENTS

EVEN = likelihood(0.5)


def answer(
    kept: Mapping[str, float], *, rank: float, cities: int, year: int, region: str, lang: str
) -> list[Sentence]:
    """Whether the rank is kept, in words, and over the treatments of prices.

    Parameters
    ----------
    kept : mapping of str to float
        By treatment, the first the one that is judged: share of paths at the rank or better.
    cities : int
        Of the province; a municipality is alone.
    """
    if cities == 1:
        return [Sentence(text("ranks.alone", lang, region=region), "headline")]
    if not kept:
        return [Sentence(text("ranks.none", lang, region=region), "headline")]
    words = {name: in_words(share, lang) for name, share in kept.items()}
    judged = next(iter(words.values()))
    facts = {"region": region, "year": year, "place": place(rank, lang)}
    said = [Sentence(text("ranks.answer", lang, word=judged, **facts), "headline")]
    low, high = (words[pick(kept, key=lambda name: kept[name])] for pick in (min, max))
    if low == high:
        return [*said, Sentence(text("ranks.steady", lang, year=year))]
    return [*said, Sentence(text("ranks.range", lang, year=year, low=low, high=high))]


def no_rank(history: pd.DataFrame, region: Region, lang: str) -> list[Sentence]:
    """Why no rank is computed: a municipality is alone, or the series lack cities (``history``)."""
    cities = {city.code for city in peers(region)}
    if len(cities) == 1:
        return [Sentence(text("ranks.alone", lang, region=region.name(lang)))]
    missing = cities - set(history.loc[history["indicator"] == "gdp_nominal", "region_code"])
    facts = {"region": region.name(lang), "missing": len(missing), "cities": len(cities)}
    return [Sentence(text("ranks.missing", lang, **facts))] if missing else []


def near(table: pd.DataFrame, *, year: int, region: str, lang: str) -> list[Sentence]:
    """The next above and the next below in the base year (``table``: of ``ranks.rivals``)."""
    ahead, behind = table[table["gap"] > 0], table[table["gap"] <= 0]
    if ahead.empty or behind.empty:
        return []
    facts: dict[str, str] = {}
    for name, code in (("ahead", ahead["gap"].idxmin()), ("behind", behind["gap"].idxmax())):
        facts |= {name: _city(str(code), lang), f"{name}_gap": _gap(table.loc[code], lang)}
    return [Sentence(text("ranks.near", lang, year=year, region=region, **facts))]


def shares(table: pd.DataFrame, name: str, *, region: str, lang: str) -> list[Table]:
    """How likely each rank or better is, by year (``table``: year by rank, 0–1), in words."""
    if table.empty:
        return []
    told = table.cumsum(axis=1).map(lambda share: in_words(share, lang)).T.rename(columns=str)
    heads = [capital(place(rank, lang)) for rank in table.columns]
    told.insert(0, text("column.rank", lang), heads)
    return [Table(text(f"rank_table.{name}", lang, region=region), told)]


def treatments(table: pd.DataFrame, *, rank: float, lang: str) -> list[Table]:
    """How likely the rank or better is: shares, year by treatment, told in words (grade D)."""
    if table.empty:
        return []
    heads = {name: text(f"treatment.{name}", lang) for name in table.columns}
    words = table.rename(columns=heads).map(lambda share: in_words(share, lang))
    caption = text("rank_table.treatments", lang, place=place(rank, lang))
    return [Table(caption, with_year(words, lang))]


def rivals(
    table: pd.DataFrame, *, base_year: int, year: int, edition: str, lang: str
) -> list[Sentence | Table]:
    """Gaps in the base year, how often each city lies above in ``year``, and who passes whom.

    What is likely of another city is of the internal edition; any other says that it is left out.
    """
    if table.empty:
        return []
    internal = edition == "internal"
    rows = [
        {
            text("rank_column.city", lang): _city(code, lang),
            text("rank_column.gap", lang): number(row["gap"]),
        }
        | ({text("rank_column.above", lang): in_words(row["above"], lang)} if internal else {})
        for code, row in table.iterrows()
    ]
    name = "rivals" if internal else "gaps"
    caption = text(f"rank_table.{name}", lang, base_year=base_year, year=year)
    gaps = Table(caption, pd.DataFrame(rows))
    if internal:
        return [_overtaking(table, year, lang), gaps]
    return [gaps, Sentence(text("ranks.public", lang), "note")]


def _gap(city: pd.Series, lang: str) -> str:
    """How far a city stands above the one that is spoken of, or below, in percent and in money."""
    key = "ranks.more" if city["gap"] > 0 else "ranks.less"
    money = amount(abs(city["difference"]), "亿元", lang, 1)
    return text(key, lang, gap=abs(city["gap"]), amount=money)


def _overtaking(table: pd.DataFrame, year: int, lang: str) -> Sentence:
    """Whom the city is likely to pass, who is likely to pass it, and where either may be."""
    word = table["above"].map(likelihood)
    even, ahead = word == EVEN, table["above"] >= 0.5
    sets = {
        "passes": (table["gap"] > 0) & ~ahead & ~even,
        "passed_by": (table["gap"] <= 0) & ahead & ~even,
        "even": even,
    }
    moves = [
        text(f"ranks.{name}", lang, cities=_listed(table.index[which], lang))
        for name, which in sets.items()
        if which.any()
    ]
    moves.append(text("ranks.rest" if moves else "ranks.none_moves", lang))
    told = text("semicolon", lang).join(moves)
    return Sentence(text("ranks.overtaking", lang, year=year, moves=told))


def revenue(
    shares: pd.DataFrame, ranks: pd.DataFrame, evidence: pd.DataFrame, *, year: int, lang: str
) -> list[Sentence]:
    """Whether the last known rank of revenue is kept, and where the cities' revenue ends.

    Parameters
    ----------
    shares : pandas.DataFrame
        Share of paths at each rank, year by rank; empty where a city is not drawn.
    ranks : pandas.DataFrame
        From ``ranks_by_year``.
    evidence : pandas.DataFrame
        ``Outlook.evidence``.
    """
    if evidence.index.unique("region").size == 1:  # no other city to stand before or behind
        return []
    ends = evidence[evidence.index.get_level_values("series") == "budget_revenue"]
    known = ranks["report_revenue_rank"].combine_first(ranks["revenue_rank"]).dropna()
    if ends.empty or shares.empty or known.empty:
        return [Sentence(text("ranks.revenue_none", lang))]
    rank, since = int(known.iloc[-1]), int(known.index[-1])
    facts = {"known_year": since, "known": rank, "year": year, "place": place(rank, lang)}
    kept = in_words(shares.loc[year, :rank].sum(), lang)
    last = int(ends["last_year"].mode().iloc[0])
    base_year = int((ends["last_year"] + ends["gap"]).iloc[0])
    later = ends[ends["last_year"] > last].index.get_level_values("region")
    key = "used" if last == base_year else "later" if len(later) else "ended"
    how = text(f"ranks.revenue_{key}", lang, last_year=last, cities=_listed(later, lang))
    return [Sentence(text("ranks.revenue", lang, word=kept, ends=how, **facts))]


def air(history: pd.DataFrame, region_code: str, lang: str) -> list[Sentence]:
    """What is known of the city's rank of air quality, and that it cannot be assessed."""
    rows = history[
        (history["indicator"] == "air_index_rank") & (history["region_code"] == region_code)
    ]
    known = [
        text("ranks.air_year", lang, year=year, rank=int(rank))
        for year, rank in zip(rows["year"], rows["value"], strict=True)
    ]
    said = Sentence(text("ranks.air", lang))
    if not known:
        return [said]
    return [said, Sentence(text("ranks.air_known", lang, ranks=text("comma", lang).join(known)))]


def record(scores: pd.DataFrame, lang: str) -> list[Sentence | Table]:
    """Ranked probability scores by method and horizon, for each vintage of the outcomes."""
    if scores.empty:
        return []
    priced = scores.loc[scores["method"] == "own_prices", ["horizon", "origin"]]
    common = scores.merge(priced.drop_duplicates())
    if common.empty:
        return [_all_origins(scores, lang)]
    pieces: list[Sentence | Table] = [*_on_record(common, lang), _all_origins(scores, lang)]
    for vintage, rows in common.groupby("vintage", sort=False):
        means = rows.pivot_table(index="horizon", columns="method", values="rps", sort=False)
        counts = rows.groupby("horizon")["origin"].nunique()
        cells = [
            {
                text("rank_column.horizon", lang): str(horizon),
                text("rank_column.origins", lang): str(counts[horizon]),
            }
            | {
                text(f"treatment.{method}", lang): number(value, 3)
                for method, value in means.loc[horizon].items()
            }
            for horizon in means.index
        ]
        name = text(f"rank_vintage.{vintage}", lang)
        pieces.append(Table(text("rank_table.record", lang, vintage=name), pd.DataFrame(cells)))
    return pieces


def _all_origins(scores: pd.DataFrame, lang: str) -> Sentence:
    """Same prices against the transition matrix, at the origins without drawn prices too."""
    first = scores[scores["vintage"] == scores["vintage"].iloc[0]]
    means = first.pivot_table(index="horizon", columns="method", values="rps")
    pairs = [
        text(
            "ranks.pair",
            lang,
            horizon=horizon,
            engine=number(row["same_prices"], 3),
            rival=number(row["transitions"], 3),
        )
        for horizon, row in means.iterrows()
    ]
    span = {"first": first["origin"].min(), "last": first["origin"].max()}
    vintage = text(f"rank_vintage.{scores['vintage'].iloc[0]}", lang)
    told = text("comma", lang).join(pairs)
    return Sentence(text("ranks.all_origins", lang, pairs=told, vintage=vintage, **span))


def _on_record(scores: pd.DataFrame, lang: str) -> list[Sentence]:
    """How the treatments scored, and why the verdict does not switch to the best of them."""
    first = scores[scores["vintage"] == scores["vintage"].iloc[0]]
    means = first.pivot_table(index="horizon", columns="method", values="rps")
    shown = means.round(3)  # what the tables print: a tie there is no win
    wins = int((shown["own_prices"] < shown["transitions"]).sum())
    longest = shown.loc[shown.index.max()]
    side = "better" if longest["own_prices"] < longest["transitions"] else "worse"
    years = first.groupby("horizon")["origin"].agg(lambda origins: origins.max() - origins.min())
    windows = [
        text("ranks.window", lang, horizon=horizon, count=1 + span // horizon)
        for horizon, span in years.items()
    ]
    best = means[list(TREATMENTS)].mean().idxmin()
    keeps = [] if best == "own_prices" else [Sentence(text("ranks.keeps", lang))]
    return [
        Sentence(
            text(
                "ranks.record",
                lang,
                first=first["origin"].min(),
                last=first["origin"].max(),
                wins=wins,
                horizons=len(means),
                longest=shown.index.max(),
                side=text(f"ranks.{side}", lang),
                engine=number(longest["own_prices"], 3),
                rival=number(longest["transitions"], 3),
                vintage=text(f"rank_vintage.{first['vintage'].iloc[0]}", lang),
                best=text(f"treatment.{best}", lang),
                windows=text("comma", lang).join(windows),
            )
        ),
        *keeps,
    ]


def _listed(codes: pd.Index, lang: str) -> str:
    return text("comma", lang).join(_city(code, lang) for code in codes)


def _city(code: str, lang: str) -> str:
    return find_region(code).name(lang)
