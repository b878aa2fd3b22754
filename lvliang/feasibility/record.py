"""The track record: forecasts made again at every origin, with what was known then, and scored.

The engine and its rivals on the same windows: mean real growth of every city over the next 1, 3
and 5 years. The figures are the revised vintage at all origins (pseudo real time), so the record
tests the method, not what was printed in that year.

Windows of several years overlap: behind a line stand its origins, not its cities.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scoringrules

from lvliang.baseline.history import secondary_share
from lvliang.baseline.store import kept
from lvliang.feasibility.fields import Part
from lvliang.feasibility.rival_file import forecasts_digest, read_forecasts
from lvliang.feasibility.rivals import RIVALS, statistical_rivals
from lvliang.projection.engine import draw_growth
from lvliang.projection.outlook import QUANTILES
from lvliang.projection.panel import Panel, has_panel, load_panel

HORIZONS = (1, 3, 5)
LONGEST = max(HORIZONS)
FIRST_ORIGIN = 7  # years of data before the first origin that is scored
FEWEST_ORIGINS = 2  # at the longest horizon, for a record to be one
THRESHOLDS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0)  # points from the national mean at the origin
CHANCES = [f"chance{limit:+g}" for limit in THRESHOLDS]
BANDS = {f"q{100 * level:02.0f}": level for level in QUANTILES}
ENGINE = "engine"
CONTROL = "engine less 1 point"
CONTROL_SHIFT = 1.0
SCORES = ["rmse", "bias", "crps", "cover80", "cover90"]
RECORD_DRAWS = 1000
HIGH_SHARE = 1 / 3  # of the cities, those whose secondary sector has the highest share


@dataclass(frozen=True)
class Record:
    """Scores of every forecast.

    ``scores``: one row a method, horizon, origin and city, where there is an outcome. ``q05`` to
    ``q95``: quantiles of the forecast, and ``outcome`` (%); ``error`` of the point forecast
    (points), ``crps``, ``in80``, ``in90``; ``above``: the outcome less the national mean at the
    origin (points); ``chance-3`` to ``chance+2``: the probability given to ``above`` reaching
    each of ``THRESHOLDS``; ``brier``: their mean Brier score.
    """

    scores: pd.DataFrame


def backtest(
    panel: Panel,
    *,
    draws: int = 1000,
    seed: int = 1,
    points: dict[str, pd.DataFrame] | None = None,
) -> Record:
    """Score the engine and its rivals at every origin the data allow.

    Parameters
    ----------
    panel : Panel
        The latest panel; outcomes come from it, forecasts from what it knew at each origin.
    draws, seed : int
        Size and seed of every forecast.
    points : dict of pandas.DataFrame, optional
        Point forecasts of rivals made elsewhere (see ``rival_file``).
    """
    rivals = RIVALS | statistical_rivals(points or {})
    scores = []
    for origin in scored_origins(panel):
        known = panel.at(origin)
        longest = min(LONGEST, panel.origin - origin)
        paths = draw_growth(known, horizon=longest, draws=draws, seed=seed).to_numpy()
        for horizon in (years for years in HORIZONS if years <= longest):
            outcome = panel.growth.loc[origin + 1 : origin + horizon].mean(skipna=False)
            values = paths[:, :, :horizon].mean(axis=2)
            point = values.mean(axis=0)
            forecasts = {
                ENGINE: (point, values),
                CONTROL: (point - CONTROL_SHIFT, values - CONTROL_SHIFT),
            }
            rng = np.random.default_rng([seed, origin, horizon])
            for name, rival in rivals.items():
                forecasts[name] = rival(known, horizon, draws, rng)
            for name, (point, values) in forecasts.items():
                table = _score(point, values, outcome, panel.factor[origin])
                scores.append(table.assign(method=name, horizon=horizon, origin=origin))
    return Record(pd.concat(scores, ignore_index=True))


def summarise_record(record: Record, groups: dict[str, list[str]]) -> pd.DataFrame:
    """Means over origins of each score, by method, horizon and group of cities.

    Returns
    -------
    pandas.DataFrame
        ``group, horizon, method, origins, cities, rmse, bias, crps, cover80, cover90``; an
        origin weighs the same whatever its number of cities. The error of one city at one
        origin is no mean, so its ``rmse`` is taken over the origins.
    """
    keys = ["group", "horizon", "method"]
    origins = _by_origin(record.scores, groups).groupby(keys, sort=False)
    table = origins[["cities", *SCORES]].mean()
    over_origins = origins["rmse"].agg(lambda errors: np.sqrt((errors**2).mean()))
    table["rmse"] = table["rmse"].where(table["cities"] > 1, over_origins)
    table.insert(0, "origins", origins.size())
    return table.reset_index()


def by_origin(record: Record, groups: dict[str, list[str]]) -> pd.DataFrame:
    """The engine at each origin: ``group, horizon, origin, cities`` and the scores."""
    own = record.scores[record.scores["method"] == ENGINE]
    table = _by_origin(own, groups).sort_values(["horizon", "origin"], kind="stable")
    return table[["group", "horizon", "origin", "cities", *SCORES]].reset_index(drop=True)


def hindcasts(record: Record, region_code: str) -> pd.DataFrame:
    """Forecasts of the engine for one city at each origin, and what came.

    Returns
    -------
    pandas.DataFrame
        ``horizon, origin``, quantiles of mean real growth over the horizon (%) as columns
        ``BANDS``, ``outcome`` (%) and ``in90``.
    """
    scores = record.scores
    own = scores[(scores["method"] == ENGINE) & (scores["region"] == region_code)]
    own = own.sort_values(["horizon", "origin"])[["horizon", "origin", *BANDS, "outcome", "in90"]]
    return own.reset_index(drop=True)


def record_of(
    region_code: str, base_year: int, data: Path | None = None, draws: int = RECORD_DRAWS
) -> pd.DataFrame | None:
    """The summary behind verdicts on a region at ``base_year``; None without the panel."""
    found = load_record(base_year, data, draws)
    if found is None:
        return None
    return summarise_record(found, groups_of(found, region_code, data))


def load_record(
    base_year: int, data: Path | None = None, draws: int = RECORD_DRAWS
) -> Record | None:
    """The whole record known at ``base_year``; None without the panel or an origin to score."""
    if not has_panel(data):
        return None
    panel = load_panel(base_year, data)
    if len(scored_origins(panel, LONGEST)) < FEWEST_ORIGINS:
        return None
    points = read_forecasts(panel, data)
    asked = {"base": base_year, "draws": draws, "rivals": forecasts_digest(data)}

    def score() -> pd.DataFrame:
        return backtest(panel, draws=draws, points=points).scores

    return Record(kept("record", asked, score, data=data))


def scored_origins(panel: Panel, horizon: int = 1) -> range:
    """Origins whose forecasts of ``horizon`` years can be scored on the panel."""
    return range(int(panel.growth.index[0]) + FIRST_ORIGIN, panel.origin - horizon + 1)


def origins_behind(base_year: int, data: Path | None = None) -> int:
    """Origins behind the longest horizon of the record known at ``base_year``; 0 without one."""
    if not has_panel(data):
        return 0
    origins = len(scored_origins(load_panel(base_year, data), LONGEST))
    return origins if origins >= FEWEST_ORIGINS else 0


def without_year(record: Record, year: int) -> Record:
    """The record of the windows that do not reach ``year``."""
    scores = record.scores
    return Record(scores[scores["origin"] + scores["horizon"] < year])


def empty_record() -> Record:
    """A record of nothing, for where there is no panel."""
    keys = ["region", "method", "horizon", "origin"]
    scores = [*BANDS, "outcome", "error", "crps", "in80", "in90", "above", *CHANCES, "brier"]
    return Record(pd.DataFrame(columns=[*keys, *scores]))


def groups_of(record: Record, region_code: str, data: Path | None = None) -> dict[str, list[str]]:
    """Groups a record is shown for.

    All cities; those whose secondary sector had a high share, as known at the first origin (so
    that no member is chosen by what came later); those of the region's province, where it is not
    alone in it; the region.
    """
    cities = sorted(record.scores["region"].unique())
    if not cities:
        return {}
    first = int(record.scores["origin"].min())
    province = [city for city in cities if city[:2] == region_code[:2]]
    return {
        "all": cities,
        "industry": [city for city in high_secondary_share(first, data) if city in cities],
        **({} if province == [region_code] else {"province": province}),
        "city": [region_code],
    }


def high_secondary_share(origin: int, data: Path | None = None) -> list[str]:
    """The third of the cities with the highest share of the secondary sector in value added.

    In the last year known at ``origin``, at current prices as first published.
    """
    latest = secondary_share(origin, data).iloc[-1].dropna()
    share = latest.sort_values(ascending=False)
    return sorted(share.index[: round(HIGH_SHARE * len(share))])


@dataclass(frozen=True)
class Fared:
    """How forecasts of a group fared at one horizon."""

    origins: int
    cities: int
    bias: float
    crps: float
    cover90: float

    @property
    def held(self) -> int:
        """Of a single city, how many outcomes lay within the 90 % band."""
        return round(self.cover90 * self.origins)


@dataclass(frozen=True)
class RecordLine(Part):
    """The line of the record behind a verdict; ``own``: how the region fared in its province."""

    group: str
    horizon: int
    fared: Fared
    own: Fared | None

    def plain(self) -> dict[str, Any]:
        """The values by name, those of the group beside its name."""
        values = asdict(self)
        own = values.pop("own")
        return values | values.pop("fared") | {"own": own}


def record_line(summary: pd.DataFrame, years: int) -> RecordLine:
    """The line of the record that applies to a forecast of the mean over ``years`` years.

    The province's line: the widest group that shares the region's ups and downs; its own where
    it is alone. The horizon is the longest that was scored and is not longer than ``years``.
    ``own`` is how the region itself fared, where the line is that of its province.
    """
    horizon = max(scored for scored in HORIZONS if scored <= years)
    chosen = summary[(summary["method"] == ENGINE) & (summary["horizon"] == horizon)]
    lines = chosen.set_index("group")
    group = "province" if "province" in lines.index else "city"
    beside = group == "province" and "city" in lines.index
    own = _fared(lines.loc["city"]) if beside else None
    return RecordLine(group, horizon, _fared(lines.loc[group]), own)


def _fared(line: pd.Series) -> Fared:
    counts = (int(line[name]) for name in ("origins", "cities"))
    return Fared(*counts, *(float(line[name]) for name in ("bias", "crps", "cover90")))


def brier_skill(record: Record, *, resamples: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Brier skill of the engine against each rival, with a lower 90 % bound.

    ``1 - mean Brier of the engine / mean Brier of the rival``; the bound is the 10 % quantile
    over blocks of consecutive origins, as long as the horizon, drawn with replacement.

    Returns
    -------
    pandas.DataFrame
        ``horizon, method, origins, skill, lower``.
    """
    rows = []
    rng = np.random.default_rng(seed)
    keys = ["horizon", "origin", "method"]
    brier = record.scores.groupby(keys, sort=False)["brier"].mean().unstack("method")
    for horizon, wide in brier.groupby("horizon"):
        picks = _blocks(len(wide), int(horizon), resamples, rng)
        for method in wide.columns.drop(ENGINE):
            own, rival = wide[ENGINE].to_numpy(), wide[method].to_numpy()
            skills = 1 - own[picks].mean(axis=1) / rival[picks].mean(axis=1)
            rows.append(
                {
                    "horizon": horizon,
                    "method": method,
                    "origins": len(wide),
                    "skill": 1 - own.mean() / rival.mean(),
                    "lower": float(np.quantile(skills, 0.10)),
                }
            )
    return pd.DataFrame(rows)


def _score(
    point: np.ndarray, values: np.ndarray, outcome: pd.Series, national: float
) -> pd.DataFrame:
    low80, high80, *levels = np.quantile(values, [0.1, 0.9, *BANDS.values()], axis=0)
    bands = dict(zip(BANDS, levels, strict=True))
    truth = outcome.to_numpy()
    above = truth - national
    chances = np.column_stack([(values - national >= limit).mean(axis=0) for limit in THRESHOLDS])
    came = above[:, None] >= THRESHOLDS
    table = pd.DataFrame(
        {
            "region": outcome.index,
            **bands,
            "outcome": truth,
            "error": point - truth,
            "crps": scoringrules.crps_ensemble(truth, values.T, estimator="pwm"),
            "in80": (low80 <= truth) & (truth <= high80),
            "in90": (bands["q05"] <= truth) & (truth <= bands["q95"]),
            "above": above,
            **dict(zip(CHANCES, chances.T, strict=True)),
            "brier": np.square(chances - came).mean(axis=1),
        }
    )
    return table[np.isfinite(truth)]


def _by_origin(scores: pd.DataFrame, groups: dict[str, list[str]]) -> pd.DataFrame:
    """Scores of each group at each origin: ``group, horizon, method, origin, cities`` and those."""
    tables = []
    for group, cities in groups.items():
        chosen = scores[scores["region"].isin(cities)]
        chosen = chosen.assign(square=chosen["error"] ** 2)
        table = chosen.groupby(["horizon", "method", "origin"], sort=False).agg(
            cities=("region", "size"),
            rmse=("square", "mean"),
            bias=("error", "mean"),
            crps=("crps", "mean"),
            cover80=("in80", "mean"),
            cover90=("in90", "mean"),
        )
        table["rmse"] = np.sqrt(table["rmse"])
        tables.append(table.reset_index().assign(group=group))
    columns = ["group", "horizon", "method", "origin", "cities", *SCORES]
    return pd.concat(tables or [pd.DataFrame(columns=columns)], ignore_index=True)[columns]


def _blocks(origins: int, length: int, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Places of origins (resample, origin) in blocks of ``length`` that wrap around."""
    count = -(-origins // length)
    starts = rng.integers(0, origins, (resamples, count))
    places = (starts[:, :, None] + np.arange(length)) % origins
    return places.reshape(resamples, -1)[:, :origins]
