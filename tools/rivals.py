"""Run AutoETS and dynamic theta at every origin; ``make rivals`` calls it in its environment.

Each series is the real growth of one city up to the origin, and nothing later. Only points are
kept: a mean over years needs their joint distribution, which annual intervals do not give.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lvliang.baseline.package import data_folder, last_known_year
from lvliang.feasibility.rivals import COLUMNS, YEARS_AHEAD, forecast_file, origins_of
from lvliang.projection.panel import Panel, load_panel


def forecast_all(panel: Panel) -> pd.DataFrame:
    """Points of both models: ``method, origin, region, horizon, value`` (% a year)."""
    from statsforecast.models import AutoETS, DynamicTheta

    models = {"AutoETS": AutoETS(season_length=1), "dynamic theta": DynamicTheta(season_length=1)}
    parts = [
        _forecast(model, panel.at(origin)).assign(method=method, origin=origin)
        for method, model in models.items()
        for origin in origins_of(method, panel)
    ]
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def write_forecasts(forecasts: pd.DataFrame, path: Path) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    forecasts.to_csv(unfinished, index=False, lineterminator="\n", float_format="%.6f")
    unfinished.replace(path)


def main() -> None:
    """Write the forecasts made from the tables there are; prints where."""
    panel = load_panel(last_known_year(data_folder()))
    path = forecast_file()
    write_forecasts(forecast_all(panel), path)
    print(path)


def _forecast(model: object, known: Panel) -> pd.DataFrame:
    from statsforecast import StatsForecast

    figures = known.growth.ffill().rename_axis(index="ds", columns="unique_id")
    rows = figures.reset_index().melt(id_vars="ds", value_name="y").dropna()
    found = StatsForecast([model], freq=1, n_jobs=1).forecast(df=rows, h=YEARS_AHEAD)
    return pd.DataFrame(
        {
            "region": found["unique_id"],
            "horizon": found["ds"] - known.origin,
            "value": found[str(model)],
        }
    )


if __name__ == "__main__":
    main()
