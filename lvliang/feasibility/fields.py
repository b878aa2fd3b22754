"""Where a field of a verdict goes, said at the field itself: the one list of them there is."""

from dataclasses import asdict, dataclass, fields
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

PUBLIC = "public"  # in what ``lvliang assess --format json`` gives
KEPT = "kept"  # with a publication, and asked of each on record
ADDED = "added"  # kept, but not asked of publications: older ones may lack it
COMPARED = "compared"  # between scenarios
COMMITTED = "committed"  # beside the commitment that is the same target


class Goes:
    """Annotates a field that is a column of verdicts, with the forms of them that have it.

    ``called`` is its name there, if another; ``after`` the column that it follows there, if not
    the field before; ``public_after`` the same where it is `PUBLIC`.
    """

    def __init__(self, *to: str, called: str = "", after: str = "", public_after: str = "") -> None:
        self.to, self.called, self.after = to, called, after
        self.public_after = public_after or after


@dataclass(frozen=True)
class Column:
    """A field as a column, its type and where it goes."""

    field: str
    kind: Any
    goes: Goes

    @property
    def name(self) -> str:
        """What it is called as a column."""
        return self.goes.called or self.field

    @property
    def plain_kind(self) -> type:
        """The type, without what is legal and that it may be missing."""
        kind = self.kind
        while get_origin(kind) in (Annotated, Union, UnionType):
            kind = get_args(kind)[0]
        return str if get_origin(kind) is Literal else kind


def columns_of(model: type) -> list[Column]:
    """The columns among the fields of a model."""
    kinds = get_type_hints(model, include_extras=True)
    return [
        Column(one.name, kinds[one.name], where)
        for one in fields(model)
        for where in getattr(kinds[one.name], "__metadata__", ())
        if isinstance(where, Goes)
    ]


def in_order(columns: list[Column], use: str) -> list[Column]:
    """The columns of a form ("" is all of them), in its order."""
    uses = {use, ADDED} if use == KEPT else {use}
    order: list[Column] = []
    moved: list[tuple[Column, str]] = []
    for one in columns:
        if not use or uses & {*one.goes.to}:
            after = one.goes.public_after if use == PUBLIC else one.goes.after
            if after:
                moved.append((one, after))
            else:
                order.append(one)
    for one, after in moved:
        order.insert([other.name for other in order].index(after) + 1, one)
    return order


class Part:
    """A part of a verdict that has several values."""

    def plain(self) -> dict[str, Any]:
        """The values by name, for machines."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    def __str__(self) -> str:
        return str(self.plain())
