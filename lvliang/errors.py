"""The errors of the project and the exit code of each.

A message names the file, row, column and value at fault, and what would be legal.
"""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What to say of a word that is not legal: the nearest that is, where one is near.

    >>> did_you_mean("end_yaer", ["base_year", "end_year"]), did_you_mean("zzz", ["end_year"])
    (' did you mean end_year?', '')
    """
    near = get_close_matches(word, list(known), n=1)
    return f" did you mean {near[0]}?" if near else ""


class LvliangError(Exception):
    """Anything the project refuses to do; ``exit_code`` is what the command line returns."""

    exit_code = 1


class ParameterError(LvliangError):
    """A parameter's name, type or value is wrong (an unknown region included)."""

    exit_code = 2


class DataError(LvliangError):
    """A table breaks its contract, or a series that was asked for is not there."""

    exit_code = 3


class CellError(LvliangError):
    """A cell of a notebook raised an exception."""

    exit_code = 4


class KernelDied(LvliangError):
    """The kernel of a notebook ended before the notebook did."""

    exit_code = 5


class DeadlineExceeded(LvliangError):
    """The run did not end before its deadline."""

    exit_code = 6


class QualityError(LvliangError):
    """A page failed the quality gate and was not published."""

    exit_code = 7


class Locked(LvliangError):
    """Another run is publishing into the same outputs."""

    exit_code = 8
