"""Outlines of a font drawn again with fewer points, on a coarse grid, for a page of many hanzi.

Rounding the two edges of a stroke each on its own makes strokes of one character differ in
weight, which the eye sees long before it sees a stroke moved. So a stroke is moved to the grid
whole: its thickness is rounded first, then its place; what lies between strokes moves with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.roundTools import noRound
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen, TTGlyphPointPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.ttLib.tables._g_l_y_f import Glyph

Point = tuple[float, float, int]  # x, y, and 1 on the curve or 0 for a control point
Contour = list[Point]

# Units of the coarse grid.
CURVE_ERROR = 2.0  # a cubic curve may be missed by its quadratic ones
FLAT = 1.25  # a curve that bends no more is a line
STRAIGHT = 0.5  # a corner that juts out no more is none

# Parts of an em.
THICKEST = 0.1  # of a stroke: edges further apart belong to two
SHORTEST_EDGE = 0.015


def redraw(font: TTFont, units_per_em: int) -> None:
    """Turn the cubic outlines of `font` into few quadratic ones on a grid of `units_per_em`.

    Metrics are scaled too. Outlines move by less than 2.5 units of the grid.
    """
    scale = units_per_em / font["head"].unitsPerEm
    drawn = font.getGlyphSet()
    glyphs = {name: _redrawn(drawn[name], scale, units_per_em) for name in font.getGlyphOrder()}
    del font["CFF "]
    scale_upem(font, units_per_em)
    font.sfntVersion = "\0\1\0\0"
    font["glyf"] = newTable("glyf")  # tells the builder the kind of outlines
    builder = FontBuilder(font=font)
    builder.setupMaxp()
    builder.setupGlyf(glyphs)
    for name, glyph in glyphs.items():
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    font["gasp"] = newTable("gasp")  # without it Windows smooths in one direction only
    font["gasp"].gaspRange = {0xFFFF: 0b1111}


def _redrawn(glyph: Any, scale: float, units_per_em: int) -> Glyph:
    contours = _on_grid(_quadratic(glyph, scale), units_per_em)
    kept = [_from_the_left(_fewer(contour)) for contour in contours]
    pen = TTGlyphPointPen(None)
    for contour in sorted(kept):  # like after like packs smaller
        pen.beginPath()
        for x, y, on in contour:
            pen.addPoint((x, y), "line" if on else None)
        pen.endPath()
    return pen.glyph(dropImpliedOnCurves=True)


def _quadratic(glyph: Any, scale: float) -> list[Contour]:
    pen = TTGlyphPen(None)
    quadratic = Cu2QuPen(pen, CURVE_ERROR, reverse_direction=True)
    glyph.draw(TransformPen(quadratic, (scale, 0, 0, scale, 0, 0)))
    points, ends, on = pen.glyph(round=noRound).getCoordinates(None)
    flat = [(x, y, flag & 1) for (x, y), flag in zip(points, on, strict=True)]
    return [flat[first:last] for first, last in pairwise([0, *(end + 1 for end in ends)])]


def _on_grid(contours: list[Contour], units_per_em: int) -> list[Contour]:
    """Move all points to the grid, strokes whole."""
    x, y = _Axis(units_per_em), _Axis(units_per_em)
    for contour in contours:
        for (x0, y0, on0), (x1, y1, on1) in _sides(contour):
            if on0 and on1 and x0 == x1:
                x.add_edge(x0, y1 - y0)  # outlines run clockwise: up on the left of a stroke
            elif on0 and on1 and y0 == y1:
                y.add_edge(y0, x0 - x1)
    to_x, to_y = x.rounding(), y.rounding()
    return [[(to_x(px), to_y(py), on) for px, py, on in contour] for contour in contours]


def _sides(contour: Contour) -> Iterator[tuple[Point, Point]]:
    return zip(contour, contour[1:] + contour[:1], strict=True)


class _Axis:
    """The edges of strokes that lie across one axis, and where rounding puts them."""

    def __init__(self, units_per_em: int) -> None:
        self._thickest = THICKEST * units_per_em
        self._shortest = SHORTEST_EDGE * units_per_em
        self._low: set[float] = set()
        self._high: set[float] = set()

    def add_edge(self, place: float, run: float) -> None:
        """Note an edge: where a stroke begins if `run` is positive, where it ends if not."""
        if abs(run) > self._shortest:
            (self._low if run > 0 else self._high).add(place)

    def rounding(self) -> Callable[[float], int]:
        """Return the function that moves a coordinate of this axis to the grid."""
        places = self._places()
        if not places:
            return round
        known = sorted(places)
        moved = [places[place] - place for place in known]
        return lambda value: round(value + float(np.interp(value, known, moved)))

    def _places(self) -> dict[float, int]:
        places: dict[float, int] = {}
        for low in sorted(self._low):
            ends = [high for high in self._high if low < high < low + self._thickest]
            if ends:
                high = min(ends)
                thickness = round(high - low)
                places.setdefault(high, round((low + high + thickness) / 2))
                places.setdefault(low, places[high] - thickness)
        for alone in self._low | self._high:
            places.setdefault(alone, round(alone))
        return places


def _fewer(contour: Contour) -> Contour:
    """Leave out points that hardly bend the outline."""
    kept = list(contour)
    at = 0
    while at < len(kept) and len(kept) > 3:
        before, point, after = kept[at - 1], kept[at], kept[(at + 1) % len(kept)]
        if before[2] and after[2] and _distance(point, before, after) <= _slack(point):
            del kept[at]
        else:
            at += 1
    return kept


def _slack(point: Point) -> float:
    return STRAIGHT if point[2] else 2 * FLAT  # a curve bends half as far as its control point


def _distance(point: Point, start: Point, end: Point) -> float:
    """Distance of a point from the line between two others."""
    (x, y, _), (x0, y0, _), (x1, y1, _) = point, start, end
    length = math.hypot(x1 - x0, y1 - y0)
    if not length:
        return math.hypot(x - x0, y - y0)
    along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length**2
    along = min(1.0, max(0.0, along))
    return math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))


def _from_the_left(contour: Contour) -> Contour:
    """Begin the contour at its leftmost point on the curve."""
    first = min(range(len(contour)), key=lambda at: (not contour[at][2], contour[at]))
    return contour[first:] + contour[:first]
