"""The track record: forecasts made again at every origin, with what was known then, and scored.

The engine and its rivals on the same windows: mean real growth of every city over the next 1, 3
and 5 years. The figures are the revised vintage at all origins (pseudo real time), so the record
tests the method, not what was printed in that year.

Windows of several years overlap, and cases of one origin share its shock: behind a line stand its
origins, not its cities or cases. ``scores`` are those of `backtest` throughout.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import scoringrules

from lvliang.baseline.history import secondary_share
from lvliang.baseline.store import kept
from lvliang.feasibility.fields import Part
from lvliang.feasibility.rivals import RIVALS, forecasts_digest, read_forecasts, statistical_rivals
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
ENGINE, CONTROL = "engine", "engine less 1 point"
SHIFT = 1.0  # points, of the control
SCORES = ["rmse", "bias", "crps", "cover80", "cover90"]
COLUMNS = [
    "region", *BANDS, "outcome", "error", "crps", "in80", "in90", "above", *CHANCES, "brier",
    "method", "horizon", "origin",
]  # fmt: skip
HIGH_SHARE = 1 / 3  # of the cities, those whose secondary sector has the highest share
BINS = 10  # of equal width; a bound belongs to the bin above it


def backtest(
    panel: Panel, points: dict[str, pd.DataFrame], *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """Score the engine and its rivals at every origin the data allow.

    Outcomes come from ``panel``, forecasts from what it knew at each origin; ``points`` are those
    of rivals made elsewhere (`rivals.read_forecasts`). ``COLUMNS``, one row a method, horizon,
    origin and region, where there is an outcome: quantiles of the forecast and ``outcome`` (%);
    ``error`` of the point forecast (points); ``above``: the outcome less the national mean at the
    origin (points); ``chance-3`` to ``chance+2``: the chance given to ``above`` reaching each of
    ``THRESHOLDS``; ``brier``: their mean Brier score.
    """
    rivals = RIVALS | statistical_rivals(points)
    scores = []
    for origin in scored_origins(panel):
        known = panel.at(origin)
        longest = min(LONGEST, panel.origin - origin)
        paths = draw_growth(known, horizon=longest, draws=draws, seed=seed).to_numpy()
        for horizon in (years for years in HORIZONS if years <= longest):
            outcome = panel.growth.loc[origin + 1 : origin + horizon].mean(skipna=False)
            values = paths[:, :, :horizon].mean(axis=2)
            point = values.mean(axis=0)
            forecasts = {ENGINE: (point, values), CONTROL: (point - SHIFT, values - SHIFT)}
            rng = np.random.default_rng([seed, origin, horizon])
            for name, rival in rivals.items():
                forecasts[name] = rival(known, horizon, draws, rng)
            for name, (point, values) in forecasts.items():
                table = _score(point, values, outcome, panel.factor[origin])
                scores.append(table.assign(method=name, horizon=horizon, origin=origin))
    return pd.concat(scores, ignore_index=True)


def load_record(base_year: int, draws: int = 1000) -> pd.DataFrame:
    """The scores known at ``base_year``; empty without the panel, or with too few origins."""
    if not origins_behind(base_year):
        return pd.DataFrame(columns=COLUMNS)
    panel = load_panel(base_year)
    points = read_forecasts(panel)
    asked = {"base": base_year, "draws": draws, "rivals": forecasts_digest()}
    return kept("record", asked, lambda: backtest(panel, points, draws=draws))


def scored_origins(panel: Panel, horizon: int = 1) -> range:
    """Origins whose forecasts of ``horizon`` years can be scored on the panel."""
    return range(int(panel.growth.index[0]) + FIRST_ORIGIN, panel.origin - horizon + 1)


def origins_behind(base_year: int) -> int:
    """Origins behind the longest horizon of the record known at ``base_year``; 0 without one."""
    if not has_panel():
        return 0
    origins = len(scored_origins(load_panel(base_year), LONGEST))
    return origins if origins >= FEWEST_ORIGINS else 0


def summarise_record(scores: pd.DataFrame, groups: dict[str, list[str]]) -> pd.DataFrame:
    """Means over origins: ``group, horizon, method, origins, cities`` and ``SCORES``.

    The error of one city at one origin is no mean, so its ``rmse`` is taken over the origins.
    """
    keys = ["group", "horizon", "method"]
    origins = _by_origin(scores, groups).groupby(keys, sort=False)
    table = origins[["cities", *SCORES]].mean()
    table["rmse"] = table["rmse"].where(table["cities"] > 1, origins["rmse"].agg(_root_mean_square))
    table.insert(0, "origins", origins.size())
    return table.reset_index()


def by_origin(scores: pd.DataFrame, groups: dict[str, list[str]]) -> pd.DataFrame:
    """The engine at each origin: ``group, horizon, origin, cities`` and ``SCORES``."""
    own = _by_origin(scores[scores["method"] == ENGINE], groups).drop(columns="method")
    return own.sort_values(["horizon", "origin"], kind="stable", ignore_index=True)


def hindcasts(scores: pd.DataFrame, region_code: str) -> pd.DataFrame:
    """The engine on one city: ``horizon, origin``, `BANDS` (%), ``outcome`` (%) and ``in90``."""
    own = scores[(scores["method"] == ENGINE) & (scores["region"] == region_code)]
    own = own[["horizon", "origin", *BANDS, "outcome", "in90"]]
    return own.sort_values(["horizon", "origin"], ignore_index=True)


def groups_of(scores: pd.DataFrame, region_code: str) -> dict[str, list[str]]:
    """Groups a record is shown for.

    All cities; those whose secondary sector had a high share at the first origin (so that no member
    is chosen by what came later); the region's province, where it is not alone in it; the region.
    """
    cities = sorted(scores["region"].unique())
    if not cities:
        return {}
    industrial = high_secondary_share(int(scores["origin"].min()))
    province = [city for city in cities if city[:2] == region_code[:2]]
    return {
        "all": cities,
        "industry": [city for city in industrial if city in cities],
        **({} if province == [region_code] else {"province": province}),
        "city": [region_code],
    }


def high_secondary_share(origin: int) -> list[str]:
    """The third of the cities with the highest `secondary_share` in the last year known."""
    share = secondary_share(origin).iloc[-1].dropna().sort_values(ascending=False)
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
    """The line of ``summary`` (`summarise_record`) for a forecast of the mean over ``years`` years.

    Of the province, the widest group that shares its ups and downs (its own where it is alone), at
    the longest horizon scored that is not longer.
    """
    horizon = max(scored for scored in HORIZONS if scored <= years)
    lines = summary[(summary["method"] == ENGINE) & (summary["horizon"] == horizon)]
    fared = {
        line.group: Fared(int(line.origins), int(line.cities), line.bias, line.crps, line.cover90)
        for line in lines.itertuples()
    }
    group = "province" if "province" in fared else "city"
    own = fared.get("city") if group == "province" else None
    return RecordLine(group, horizon, fared[group], own)


def brier_skill(scores: pd.DataFrame, *, resamples: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Brier skill of the engine against each rival, with a lower 90 % bound.

    ``1 - mean Brier of the engine / mean Brier of the rival``; the bound is the 10 % quantile
    over blocks of consecutive origins, as long as the horizon, drawn with replacement. Columns
    are ``horizon, method, origins, skill, lower``.
    """
    rows = []
    rng = np.random.default_rng(seed)
    keys = ["horizon", "origin", "method"]
    brier = scores.groupby(keys, sort=False)["brier"].mean().unstack("method")
    for horizon, wide in brier.groupby("horizon"):
        picks = _blocks(len(wide), int(horizon), resamples, rng)
        own = wide.pop(ENGINE).to_numpy()
        for method, rival in wide.items():
            skills = 1 - own[picks].mean(axis=1) / rival.to_numpy()[picks].mean(axis=1)
            row = {"horizon": horizon, "method": method, "origins": len(own)}
            row |= {"skill": 1 - own.mean() / rival.to_numpy().mean()}
            rows.append(row | {"lower": float(np.quantile(skills, 0.10))})
    return pd.DataFrame(rows)


def reliability(scores: pd.DataFrame, cities: list[str]) -> pd.DataFrame:
    """The engine's probabilities by bin, all thresholds together.

    ``horizon, bin`` (0 to 9), mean forecast ``chance``, frequency ``came``, ``cases, origins``.
    """
    bins = _cases(scores, cities).groupby(["horizon", "bin"])
    return bins.agg(
        chance=("chance", "mean"),
        came=("came", "mean"),
        cases=("came", "size"),
        origins=("origin", "nunique"),
    ).reset_index()


def decompose(scores: pd.DataFrame, groups: dict[str, list[str]]) -> pd.DataFrame:
    """Murphy's decomposition of the engine's Brier score, by horizon and group of cities.

    Brier score = reliability − resolution + uncertainty, up to what chances differ in a bin.
    reliability = Σ n_b (mean chance_b − frequency_b)² / n; resolution = Σ n_b (frequency_b −
    frequency)² / n; uncertainty = frequency (1 − frequency). Worked out for each threshold, so that
    telling a low threshold from a high one is no merit, then averaged over thresholds. A group of
    one city is left out: it has about one case in a bin. ``group, horizon, origins, cases`` (of one
    threshold), ``chance, came, brier, reliability, resolution, uncertainty``.
    """
    rows = []
    for group, cities in groups.items():
        if len(cities) == 1:
            continue
        for horizon, table in _cases(scores, cities).groupby("horizon"):
            parts = [_murphy(cases) for _, cases in table.groupby("threshold")]
            counts = {"origins": table["origin"].nunique(), "cases": len(table) // len(THRESHOLDS)}
            means = pd.DataFrame(parts).mean().to_dict()
            rows.append({"group": group, "horizon": horizon} | counts | means)
    return pd.DataFrame(rows)


def _cases(scores: pd.DataFrame, cities: list[str]) -> pd.DataFrame:
    """Chances of the engine and what came: a row a city, origin and threshold."""
    own = scores[(scores["method"] == ENGINE) & scores["region"].isin(cities)]
    at_each = [
        own[["horizon", "origin"]].assign(
            threshold=limit,
            chance=own[chance].astype(float),
            came=(own["above"] >= limit).astype(float),
        )
        for limit, chance in zip(THRESHOLDS, CHANCES, strict=True)
    ]
    cases = pd.concat(at_each, ignore_index=True)
    place = np.floor(cases["chance"] * BINS).clip(upper=BINS - 1)
    return cases.assign(bin=place.astype(int))


def _murphy(cases: pd.DataFrame) -> dict[str, float]:
    bins = cases.groupby("bin")[["chance", "came"]].mean()
    share = cases.groupby("bin").size() / len(cases)
    chance, came = cases["chance"], cases["came"]
    return {
        "chance": chance.mean(),
        "came": came.mean(),
        "brier": ((chance - came) ** 2).mean(),
        "reliability": (share * (bins["chance"] - bins["came"]) ** 2).sum(),
        "resolution": (share * (bins["came"] - came.mean()) ** 2).sum(),
        "uncertainty": came.mean() * (1 - came.mean()),
    }


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
    keys = ["horizon", "method", "origin"]
    tables = [
        scores[scores["region"].isin(cities)]
        .groupby(keys, sort=False)
        .agg(
            cities=("region", "size"),
            rmse=("error", _root_mean_square),
            bias=("error", "mean"),
            crps=("crps", "mean"),
            cover80=("in80", "mean"),
            cover90=("in90", "mean"),
        )
        .reset_index()
        .assign(group=group)
        for group, cities in groups.items()
    ]
    columns = ["group", *keys, "cities", *SCORES]
    return pd.concat(tables or [pd.DataFrame(columns=columns)], ignore_index=True)[columns]


def _root_mean_square(errors: pd.Series) -> float:
    return float(np.sqrt((errors**2).mean()))


def _blocks(origins: int, length: int, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Places of origins (resample, origin) in blocks of ``length`` that wrap around."""
    count = -(-origins // length)
    starts = rng.integers(0, origins, (resamples, count))
    places = (starts[:, :, None] + np.arange(length)) % origins
    return places.reshape(resamples, -1)[:, :origins]
