"""What a macro of all pages says of facts, as a phrase."""

from __future__ import annotations

from typing import Any

from lvliang.display.prose import environment
from lvliang.display.texts import SHARED


def phrase(macro: str, lang: str, *facts: Any) -> str:
    module = environment(lang).get_template(f"{SHARED}.{lang}.md").module
    return str(getattr(module, macro)(*facts)).strip()
