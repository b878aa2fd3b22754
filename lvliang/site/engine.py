"""A papermill engine that runs the cells in its own process, with IPython, as a kernel would."""

import os
from collections.abc import Callable
from typing import IO, Any

import pandas as pd
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import activate_matplotlib
from IPython.utils.capture import capture_output
from matplotlib_inline.backend_inline import configure_inline_support
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import Engine, papermill_engines
from traitlets.config import Config

ENGINE = "lvliang"
INLINE = "module://matplotlib_inline.backend_inline"
Tell = Callable[[int, int, int, str], None]


class InProcess(Engine):
    """Cells one after the other, until one fails; outputs as those of an ordinary kernel."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, tell: Tell, unseen: IO[bytes], **_: Any
    ) -> None:
        """Run the cells, telling of each before it runs, and of the end."""
        # Papermill would save twice a cell; once before it runs is enough for what may die in it.
        save, nb_man.save = nb_man.save, lambda **_: None
        shell, total = _shell(), len(nb_man.nb.cells)
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            is_code = cell.cell_type == "code" and cell.source.strip()
            number = shell.execution_count if is_code else 0
            tell(index, total, number, cell.source if is_code else "")
            if is_code:
                save()
                cell.execution_count = number
                failed = _run(shell, cell, unseen)
                if failed:
                    nb_man.cell_exception(cell, index, exception=failed)
                    return
            nb_man.cell_complete(cell, index)
        tell(total, total, 0, "")


papermill_engines.register(ENGINE, InProcess)


class LastValue(DisplayHook):
    """The value of a last line is an output, not a line of a terminal."""

    def write_output_prompt(self) -> None:
        """A notebook has none."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Hand the value over as it would be displayed."""
        publisher: Any = self.shell
        publisher.display_pub.publish(format_dict, md_dict)


class Shell(InteractiveShell):
    """IPython's shell, which keeps a traceback for the notebook in place of printing it."""

    displayhook_class = LastValue
    traceback: list[str]

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.traceback = list(stb)


def _shell() -> Shell:
    pd.set_option("display.max_columns", 20)  # pandas takes what is no notebook for a terminal
    shell = Shell.instance(config=Config(HistoryManager={"enabled": False}))
    activate_matplotlib(INLINE)
    configure_inline_support(shell, INLINE)
    return shell


def _run(shell: Shell, cell: NotebookNode, unseen: IO[bytes]) -> BaseException | None:
    """Run a cell and give it its outputs; what it raised, if anything."""
    written = os.fstat(unseen.fileno()).st_size
    with capture_output() as captured:
        result = shell.run_cell(cell.source, store_history=True)
    unseen.seek(written)
    below = unseen.read().decode("utf-8", "replace")
    for name, said in (("stdout", captured.stdout), ("stderr", captured.stderr + below)):
        if said:
            cell.outputs.append(new_output("stream", name=name, text=said))
    for shown in captured.outputs:
        data, metadata = shown.data, shown.metadata or {}
        cell.outputs.append(new_output("display_data", data=data, metadata=metadata))
    failed = result.error_before_exec or result.error_in_exec
    if failed:
        told = {"ename": type(failed).__name__, "evalue": str(failed)}
        cell.outputs.append(new_output("error", **told, traceback=shell.traceback))
    return failed
