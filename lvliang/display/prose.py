"""The text of a page: one Markdown file a language, its blocks filled with the facts of a run.

What a text may say is in ``docs/texts.md``: paragraphs, headings, ``!headline`` and the like, and
what is called: ``table``, ``rows``, ``chart``, ``appendix``, ``section``, ``contents``,
``switch``. It may ask about facts, never compute them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial, reduce
from importlib import import_module
from itertools import chain
from traceback import walk_tb
from typing import Any

import pandas as pd
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.ext import Extension
from jinja2.runtime import Macro

from lvliang.baseline.regions import Region
from lvliang.display import figures
from lvliang.display.filters import UnknownWord, filters
from lvliang.display.key_figures import KeyFigure, KeyFigures
from lvliang.display.show import (
    NOTHING_STYLE,
    Appendix,
    Chart,
    Contents,
    Formula,
    Heading,
    Piece,
    Section,
    Sentence,
    Table,
    Title,
    nothing_to_show,
    show,
)
from lvliang.display.switch import Switch
from lvliang.display.texts import SHARED, TEXTS
from lvliang.display.words import LANGUAGES, Words, capital, number, words_in
from lvliang.errors import DataError
from lvliang.projection.scenario import Scenario

STYLES = ("headline", "note", "caveat", NOTHING_STYLE)
More = Callable[[str], Iterable[Piece]] | None
BAR = "\1"  # a bar of what is told, which ends no cell of `rows`
WHOLE = r"(?m)^(?!.*\{% el)(\{% (if|for) .*)(\{% end\2 \+?%\})\n(?!\{[%{]-)"  # a case on one line
MARK = "\0"  # before the number of a piece that was called, which stands for it in the text
HEADING = re.compile(r"(?m)^\s*#+ .*$")  # which is a line
PARAGRAPH = re.compile(r"\n\s*\n|\n\s*(?=![a-z])")  # what lies between two of them


class Text:
    """The text of a page in one language.

    Parameters
    ----------
    name : str
        Of the notebook.
    facts : mapping
        Numbers, codes and frames by name, without words.
    """

    def __init__(self, name: str, lang: str, facts: Mapping[str, Any]) -> None:
        self.lang = lang
        self._file = f"{name}.{lang}.md"
        self._pieces: list[Piece] = []
        called = {
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
            self._template = environment(lang).get_template(self._file)
            shared = environment(lang).get_template(f"{SHARED}.{lang}.md")
            told = vars(shared.make_module(called))
            macros = {name: it for name, it in told.items() if isinstance(it, Macro)}
            if twice := (macros | called).keys() & facts:
                raise UnknownWord(f"a fact has the name of what all texts call: {', '.join(twice)}")
            self._context = self._template.new_context({**facts, **macros, **called})
            # Macros outside the blocks serve all of them; no block is filled for that.
            self._context.blocks = {name: [lambda _: iter(())] for name in self._template.blocks}
            list(self._template.root_render_func(self._context))
            # Its own stand first in what is legal, and where both have one.
            self._blocks = self._template.blocks | shared.blocks | self._template.blocks

    def say(self, block: str) -> list[Piece]:
        """The pieces of a block, in their order.

        Raises
        ------
        DataError
            A fact or a word that there is not, or a text that cannot be read: with file and line.
        """
        if block not in self._blocks:
            legal = ", ".join(self._blocks)
            raise DataError(f"{TEXTS / self._file}: no block {block!r}; legal: {legal}")
        with _faults_named(self._file):
            return list(self._parts("".join(self._blocks[block](self._context))))

    def _parts(self, rendered: str) -> Iterator[Piece]:
        """A piece a paragraph; key figures that follow each other are one."""
        figures: list[KeyFigure] = []
        for paragraph in re.split(PARAGRAPH, re.sub(HEADING, r"\n\n\g<0>\n\n", rendered)):
            told = paragraph.strip().replace(BAR, "|")
            first, *lines = map(str.strip, told.split("\n"))
            if first == "!figure":
                figures.append(KeyFigure(*lines))
            elif first == "!sheet":
                yield Title(*lines)
            elif said := self._line(paragraph):
                yield self._part(said)
        if figures:
            yield KeyFigures(figures)

    def _part(self, said: str) -> Piece:
        if said.startswith(MARK):
            return self._pieces[int(said[1:])]
        first, _, rest = said.partition(" ")
        if first in ("#", "##", "###"):
            return Heading(rest, len(first))
        if first == "!formula":
            return Formula(rest)
        if first.startswith("!"):
            if first[1:] not in STYLES:
                legal = ", !".join([*STYLES, "formula", "figure"])
                raise UnknownWord(f"{first!r} opens no paragraph; legal: !{legal}")
            return Sentence(rest, first[1:])
        return Sentence(said)

    def _keep(self, piece: Piece) -> str:
        self._pieces.append(piece)
        return f"\n\n{MARK}{len(self._pieces) - 1}\n\n"

    def _table(
        self,
        frame: pd.DataFrame | pd.Series,
        caption: str = "",
        caller: Callable[[], str] = str,
        *,
        cards: bool = False,
        decimals: int = 1,
        shared: int = 0,
        desk: str = "",
        rest: str | Macro | None = None,
        **heads: str,
    ) -> str:
        """A table, its caption said or inside: the columns of a frame that have a head. A frame
        without rows gives none.

        A head may say how its values are told: ``"Gap | num(1)"``; ``rest`` says it of the
        columns without a head, which are called by their own names, or is a macro that heads
        them by these; columns then stand as in the frame. A narrow screen leaves out the column
        ``desk``. What the first ``shared`` columns say is said once above the rows that have it in
        common. A series has the columns ``year`` and ``value``.
        """
        if not len(frame):
            return ""
        if isinstance(frame, pd.Series):
            frame = frame.rename("value").rename_axis("year").reset_index()
        if rest is not None:
            named = rest if callable(rest) else (f"{{}} | {rest}" if rest else "{}").format
            heads = {name: heads.get(name) or named(name) for name in frame}
        told = {name: head.split("|") for name, head in heads.items() if name in frame}
        columns = {
            self._line(head): reduce(
                lambda column, way: column.map(self._way(way)), ways, frame[name]
            )
            for name, (head, *ways) in told.items()
        }
        caption, shown = self._line(caption + caller()), pd.DataFrame(columns)
        narrow = self._line(told[desk][0]) if desk in told else ""
        return self._keep(Table(caption, shown, cards, decimals, narrow, shared))

    def _rows(self, caller: Callable[[], str], *, cards: bool = False) -> str:
        """A table row by row: inside stand its caption, then heads and rows between bars.

        A row ends with a bar at the end of a line, and may be broken before a bar. Heads without
        a row give no table.
        """
        caption, _, told = caller().partition("|")
        lines = re.split(r"\|\s*\n\s*\|", told.strip().removesuffix("|"))
        heads, *rows = ([self._line(cell) for cell in line.split("|")] for line in lines)
        if odd := [row for row in rows if len(row) != len(heads)]:
            raise UnknownWord(f"{len(heads)} heads, and a row of {odd[0]}")
        table = Table(self._line(caption), pd.DataFrame(rows, columns=heads), cards)
        return self._keep(table) if rows else ""

    def _way(self, told: str) -> Callable[[Any], str]:
        """How a value is told: ``num(2)``, ``label(treatment)``."""
        name, _, argument = told.strip(" )").partition("(")
        known = environment(self.lang).filters
        if name not in known:
            raise UnknownWord(f"nothing is told as {name!r}; legal: {', '.join(known)}")
        found: Callable[..., str] = known[name]
        given: Any = int(argument) if argument.isdigit() else argument
        return (lambda value: found(value, given)) if argument else found

    def _chart(self, drawing: str, *facts: Any, caller: Callable[[], str], **labels: str) -> str:
        """A drawing of `figures`, as ``"ranks.bars"``, with its labels; inside stand its title,
        what it measures, the same in words, and the table of its numbers.
        """
        module, _, name = drawing.partition(".")
        draw = getattr(import_module(f"{figures.__name__}.{module}"), name)
        found = list(self._parts(caller()))
        if len(found) != 4:
            raise UnknownWord(f"{drawing}: inside stand a title, what it measures, words, a table")
        title, subtitle, alternative, table = found
        return self._keep(
            Chart(
                draw(*facts, **labels),
                capital(title.words),
                subtitle.words,
                alternative.words,
                table.frame,
                self.lang,
                table.decimals,
            )
        )

    def _appendix(self, summary: str, more: More = None, *, caller: Callable[[], str]) -> str:
        """What stands inside, folded up, and the pieces that ``more`` has for a language."""
        pieces = [*self._parts(caller()), *(more(self.lang) if more else [])]
        return self._keep(Appendix(summary, pieces or nothing_to_show(self.lang)))

    def _section(self, anchor: str, title: str, caller: Callable[[], str]) -> str:
        """What stands inside, under a heading that can be linked to."""
        return self._keep(Section(anchor, title, list(self._parts(caller()))))

    def _switch(self, legend: str, name: str, shown: str, caller: Callable[[], str]) -> str:
        """Panels of which a page shows one, at first that with the title ``shown``."""
        panels = {panel.title: panel.pieces for panel in self._parts(caller())}
        return self._keep(Switch(legend, name, panels, shown))

    def _contents(self, title: str, caller: Callable[[], str]) -> str:
        """Links to sections, inside as ``[title](#anchor)``."""
        return self._keep(Contents(title, re.findall(r"\[(.+)\]\(#(.+)\)", caller())))

    def _line(self, said: str) -> str:
        return words_in(self.lang).on_one_line(said).replace(BAR, "|")


class Page:
    """The text of a page in both languages, over the facts of a run."""

    def __init__(self, name: str, facts: Mapping[str, Any], lang: str) -> None:
        self._lang = lang
        self._texts = {code: Text(name, code, facts) for code in LANGUAGES}

    def show(self, *blocks: str | Callable[[str], Iterable[Piece]], goes_on: bool = False) -> None:
        """Show blocks, or what is called with a language: here in that of the run, on pages in
        each. A heading of which the section ``goes_on`` in the next cell may stand alone.
        """

        def pieces(lang: str) -> list[Piece]:
            parts = (self._texts[lang].say(b) if isinstance(b, str) else b(lang) for b in blocks)
            said = list(chain.from_iterable(parts))
            is_empty = said and not goes_on and all(isinstance(piece, Heading) for piece in said)
            return [*said, *nothing_to_show(lang)] if is_empty else said

        show(pieces, self._lang)


def said(name: str, lang: str, block: str, facts: Mapping[str, Any]) -> list[str]:
    """The paragraphs of a block of a text, as plain text."""
    return [piece.words for piece in Text(name, lang, facts).say(block)]


class _Paragraphs(Extension):
    """Jinja drops the end of a line after a tag, so that no tag breaks a paragraph; where an empty
    line follows, the paragraph does end. A case or a loop on one line says what it says on three.
    """

    def preprocess(self, source: str, _name: str | None, _filename: str | None = None) -> str:
        source = re.sub(r"(?m)(?<![-+])%\}[ \t]*$(?=\n[ \t]*$)", "+%}", source)
        return re.sub(WHOLE, r"\1\n\3", source)


@cache
def environment(lang: str) -> Environment:
    """The templates of a language, and how it tells numbers, chances and names."""
    told = words_in(lang)
    made = Environment(
        loader=FileSystemLoader(TEXTS),
        undefined=StrictUndefined,
        finalize=partial(_plain, told),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Paragraphs],
    )
    made.filters = filters(told)
    made.tests |= {"baseline": Scenario.is_baseline, "known": pd.notna}
    return made


def _plain(told: Words, value: Any) -> Any:
    """How a value is told that is put into a sentence without more."""
    if isinstance(value, Region):
        return value.name(told.lang)
    if isinstance(value, Scenario):
        return told.scenario(value)
    if isinstance(value, float):
        return number(float(value))  # NumPy rounds 1.85, which is a little more, to 1.8
    if isinstance(value, str) and not value.lstrip().startswith("|"):  # as the rows of a macro do
        return value.replace("|", BAR)
    return value


@contextmanager
def _faults_named(file: str) -> Iterator[None]:
    """Tell the faults of a text with its file and line."""
    try:
        yield
    except TemplateSyntaxError as fault:
        raise DataError(f"{fault.filename}, line {fault.lineno}: {fault.message}") from None
    except (TemplateError, UnknownWord) as fault:
        place = _place(fault) or TEXTS / file
        raise DataError(f"{place}: {fault}") from None


def _place(fault: BaseException) -> str:
    """File and line of the text in which it happened, the innermost."""
    frames = [
        (frame.f_globals["__jinja_template__"], line)
        for frame, line in walk_tb(fault.__traceback__)
        if frame.f_globals.get("__jinja_template__")
    ]
    if not frames:
        return ""
    template, line = frames[-1]
    return f"{template.filename}, line {template.get_corresponding_lineno(line)}"
