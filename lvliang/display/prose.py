"""The text of a page: one Markdown file a language, its blocks filled with the facts of a run.

What a text may say is in ``docs/texts.md``. It may ask about facts, never compute them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from itertools import chain
from traceback import walk_tb
from typing import Any

import jinja2
import pandas as pd
from jinja2.ext import Extension
from jinja2.runtime import Macro

from lvliang.baseline.regions import Region, find_region
from lvliang.display import show
from lvliang.display.show import Piece
from lvliang.display.texts import SHARED, TEXTS
from lvliang.display.words import (
    LANGUAGES,
    NOTHING,
    Words,
    capital,
    number,
    plain,
    signed,
    words_in,
)
from lvliang.errors import DataError
from lvliang.projection.scenario import Scenario

STYLES = ("headline", "note", "caveat", show.NOTHING_STYLE)
MoreOf = Callable[[str], Iterable[Piece]]  # pieces in a language
Inside = Callable[[], str]  # what stands between the tags of a call
BAR = "\1"  # a bar of a fact, which ends no cell of `rows`
MARK = "\0"  # before the number of a piece that was called, which stands for it in the text
HEADING = re.compile(r"(?m)^\s*#+ .*$")  # which is a line
PARAGRAPH = re.compile(r"\n\s*\n|\n\s*(?=![a-z])")  # what lies between two of them
LAST_TAG = re.compile(r"[^-+]%\}[ \t]*\n")
CASE_OR_LOOP = re.compile(r"(\{% (if|for) .*)(\{% end\2 \+?%\})\n")


class UnknownWord(Exception):
    """A word of a text that there is not."""


class Text:
    """A text in one language, over facts by name: numbers, codes and frames, without words."""

    def __init__(self, name: str, lang: str, facts: Mapping[str, Any]) -> None:
        self.lang = lang
        self._file = f"{name}.{lang}.md"
        self._called: list[Piece] = []
        calls = {
            "table": self._table,
            "rows": self._rows,
            "chart": self._chart,
            "appendix": self._appendix,
            "section": self._section,
            "contents": self._contents,
            "switch": self._switch,
            "panel": partial(self._section, ""),
        }
        with _faults_named(self._file):
            own = environment(lang).get_template(self._file)
            shared = environment(lang).get_template(f"{SHARED}.{lang}.md")
            macros = vars(shared.make_module(calls)).items()
            calls |= {name: macro for name, macro in macros if isinstance(macro, Macro)}
            if twice := calls.keys() & facts:
                raise UnknownWord(f"a fact has the name of what all texts call: {', '.join(twice)}")
            self._context = own.new_context({**facts, **calls})
            # Macros outside the blocks serve all of them; no block is filled for that.
            self._context.blocks = {name: [lambda _: iter(())] for name in own.blocks}
            list(own.root_render_func(self._context))
            # Its own stand first in what is legal, and where both have one.
            self._blocks = own.blocks | shared.blocks | own.blocks

    def say(self, block: str) -> list[Piece]:
        """The pieces of a block, in their order.

        Raises `DataError`, with file and line, for a fact or word that there is not, or a text that
        cannot be read.
        """
        if block not in self._blocks:
            legal = ", ".join(self._blocks)
            raise DataError(f"{TEXTS / self._file}: no block {block!r}; legal: {legal}")
        with _faults_named(self._file):
            return list(self._pieces("".join(self._blocks[block](self._context))))

    def _pieces(self, rendered: str) -> Iterator[Piece]:
        """A piece a paragraph; all key figures are one."""
        figures: list[show.KeyFigure] = []
        for paragraph in re.split(PARAGRAPH, re.sub(HEADING, r"\n\n\g<0>\n\n", rendered)):
            first, *lines = map(str.strip, paragraph.strip().replace(BAR, "|").split("\n"))
            if first == "!figure":
                figures.append(show.KeyFigure(*lines))
            elif first == "!sheet":
                yield show.Title(*lines)
            elif line := self._line(paragraph):
                yield self._piece(line)
        if figures:
            yield show.KeyFigures(figures)

    def _piece(self, line: str) -> Piece:
        if line.startswith(MARK):
            return self._called[int(line[1:])]
        first, _, rest = line.partition(" ")
        if first in ("#", "##", "###"):
            return show.Heading(rest, len(first))
        if first == "!formula":
            return show.Formula(rest)
        if not first.startswith("!"):
            return show.Sentence(line)
        if first[1:] not in STYLES:
            legal = ", !".join([*STYLES, "formula", "figure"])
            raise UnknownWord(f"{first!r} opens no paragraph; legal: !{legal}")
        return show.Sentence(rest, first[1:])

    def _line(self, words: str) -> str:
        return words_in(self.lang).on_one_line(words).replace(BAR, "|")

    def _keep(self, piece: Piece) -> str:
        self._called.append(piece)
        return f"\n\n{MARK}{len(self._called) - 1}\n\n"

    def _table(
        self,
        frame: pd.DataFrame | pd.Series,
        caption: str = "",
        caller: Inside = str,
        *,
        cards: bool = False,
        decimals: int = 1,
        shared: int = 0,
        desk: str = "",
        rest: str | Macro | None = None,
        **heads: str,
    ) -> str:
        """A table (`Table`), its caption said or inside: the columns of a frame that have a head.

        A head may name filters of its values: ``"Gap | num(1)"``; ``rest`` names those of the
        columns without a head, which are called by their own names, or is a macro that heads them
        by these; columns then stand as in the frame. A series has the columns ``year`` and
        ``value``; a frame without rows gives no table.
        """
        if not len(frame):
            return ""
        if isinstance(frame, pd.Series):
            frame = frame.rename("value").rename_axis("year").reset_index()
        if rest is not None:
            named = rest if callable(rest) else (f"{{}} | {rest}" if rest else "{}").format
            heads = {name: heads.get(name) or named(name) for name in frame}
        columns = {}
        for name in filter(frame.__contains__, heads):
            head, *ways = heads[name].split("|")
            column = frame[name]
            for way in ways:
                column = column.map(self._filter(way))
            columns[self._line(head)] = column
        caption = self._line(caption + caller())
        narrow = self._line(heads.get(desk, "").partition("|")[0])
        return self._keep(
            show.Table(caption, pd.DataFrame(columns), cards, decimals, narrow, shared)
        )

    def _rows(self, caller: Inside, *, cards: bool = False) -> str:
        """A table row by row: inside stand its caption, then heads and rows between bars.

        A row ends with a bar at the end of a line, and may be broken before a bar. Heads without
        a row give no table.
        """
        caption, _, cells = caller().partition("|")
        lines = re.split(r"\|\s*\n\s*\|", cells.strip().removesuffix("|"))
        heads, *rows = ([self._line(cell) for cell in line.split("|")] for line in lines)
        if odd := [row for row in rows if len(row) != len(heads)]:
            raise UnknownWord(f"{len(heads)} heads, and a row of {odd[0]}")
        table = show.Table(self._line(caption), pd.DataFrame(rows, columns=heads), cards)
        return self._keep(table) if rows else ""

    def _filter(self, call: str) -> Callable[[Any], str]:
        """The filter of a head: ``num(2)``, ``label(treatment)``."""
        name, _, argument = call.strip(" )").partition("(")
        known = environment(self.lang).filters
        if name not in known:
            raise UnknownWord(f"nothing is told as {name!r}; legal: {', '.join(known)}")
        filter_: Callable[..., str] = known[name]
        given: Any = int(argument) if argument.isdigit() else argument
        return (lambda value: filter_(value, given)) if argument else filter_

    def _chart(self, drawing: str, *facts: Any, caller: Inside, **labels: str) -> str:
        """A drawing of `figures` with its labels; inside stand its title, what it measures, the
        same in words, and the table of its numbers.
        """
        from lvliang.display import figures

        inside = list(self._pieces(caller()))
        if len(inside) != 4:
            raise UnknownWord(f"{drawing}: inside stand a title, what it measures, words, a table")
        title, subtitle, alternative, table = inside
        figure = getattr(figures, drawing)(*facts, **labels)
        words = (capital(title.words), subtitle.words, alternative.words)
        return self._keep(show.Chart(figure, *words, table.frame, self.lang, table.decimals))

    def _appendix(self, summary: str, more: MoreOf | None = None, *, caller: Inside) -> str:
        """What stands inside, folded up, and the pieces that ``more`` has for a language."""
        pieces = [*self._pieces(caller()), *(more(self.lang) if more else [])]
        return self._keep(show.Appendix(summary, pieces or show.nothing_to_show(self.lang)))

    def _section(self, anchor: str, title: str, caller: Inside) -> str:
        return self._keep(show.Section(title, list(self._pieces(caller())), anchor))

    def _switch(self, legend: str, name: str, shown: str, caller: Inside) -> str:
        return self._keep(show.Switch(legend, list(self._pieces(caller())), name, shown))

    def _contents(self, title: str, caller: Inside) -> str:
        """Links to sections, inside as ``[title](#anchor)``."""
        return self._keep(show.Contents(title, re.findall(r"\[(.+)\]\(#(.+)\)", caller())))


class Page:
    """The text of a page in both languages, over the facts of a run."""

    def __init__(self, name: str, facts: Mapping[str, Any], lang: str) -> None:
        self._lang = lang
        self._texts = {code: Text(name, code, facts) for code in LANGUAGES}

    def show(self, *blocks: str | MoreOf, goes_on: bool = False) -> None:
        """Show blocks, or what is called with a language: here in that of the run, on pages in
        each. A heading of which the section ``goes_on`` in the next cell may stand alone.
        """

        def pieces(lang: str) -> list[Piece]:
            parts = (self._texts[lang].say(b) if isinstance(b, str) else b(lang) for b in blocks)
            shown = list(chain.from_iterable(parts))
            headings_alone = {type(piece) for piece in shown} == {show.Heading}
            if headings_alone and not goes_on:
                shown += show.nothing_to_show(lang)
            return shown

        show.show(pieces, self._lang)


def said(name: str, lang: str, block: str, facts: Mapping[str, Any]) -> list[str]:
    """The paragraphs of a block of a text, as plain text."""
    return [piece.words for piece in Text(name, lang, facts).say(block)]


class _Paragraphs(Extension):
    """Jinja drops the end of a line after a tag, so that no tag breaks a paragraph; this keeps
    the ends that a reader sees.
    """

    def preprocess(self, source: str, _name: str | None, _filename: str | None = None) -> str:
        lines = source.splitlines(keepends=True)
        return "".join(map(_with_its_end, lines, [*lines[1:], ""]))


def _with_its_end(line: str, below: str) -> str:
    if LAST_TAG.search(line) and not below.strip():  # the paragraph ends, too
        line = line.rstrip().removesuffix("%}") + "+%}\n"
    whole = CASE_OR_LOOP.fullmatch(line)
    if whole and "{% el" not in line and not below.startswith(("{%-", "{{-")):
        return f"{whole[1]}\n{whole[3]}"  # the end is of what it says, as on lines of its own
    return line


@cache
def environment(lang: str) -> jinja2.Environment:
    """The templates of a language, and how it tells numbers, chances and names."""
    words = words_in(lang)
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEXTS),
        undefined=jinja2.StrictUndefined,
        finalize=partial(_plain, words),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Paragraphs],
    )
    made.filters = _filters(words)
    made.tests |= {"baseline": Scenario.is_baseline, "known": pd.notna}
    return made


def _filters(words: Words) -> dict[str, Callable[..., Any]]:
    """How a text tells facts, by name: ``{{ gap | num(2) }}``."""

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

    own = "amount chance graded indicator measured number_in place quantity spans target unit word"
    made = {name: getattr(words, name) for name in own.split()} | {
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
    return dict(sorted(made.items()))  # as faults list them


def _plain(words: Words, value: Any) -> Any:
    """How a value is told that is put into a sentence without more."""
    if isinstance(value, Region):
        return value.name(words.lang)
    if isinstance(value, Scenario):
        return words.scenario(value)
    if isinstance(value, float):
        return number(float(value))  # NumPy rounds 1.85, which is a little more, to 1.8
    if isinstance(value, str) and not value.lstrip().startswith("|"):  # as the rows of a macro do
        return value.replace("|", BAR)
    return value


@contextmanager
def _faults_named(file: str) -> Iterator[None]:
    try:
        yield
    except jinja2.TemplateSyntaxError as fault:
        raise DataError(f"{fault.filename}, line {fault.lineno}: {fault.message}") from None
    except (jinja2.TemplateError, UnknownWord) as fault:
        raise DataError(f"{_place(fault) or TEXTS / file}: {fault}") from None


def _place(fault: BaseException) -> str:
    """File and line of the text in which it happened, the innermost."""
    for frame, line in reversed(list(walk_tb(fault.__traceback__))):
        if template := frame.f_globals.get("__jinja_template__"):
            return f"{template.filename}, line {template.get_corresponding_lineno(line)}"
    return ""
