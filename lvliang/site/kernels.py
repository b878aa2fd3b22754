"""What papermill runs notebooks with: an engine that saves once, and managers of kernels with own
sockets, an own IPython folder and a known process group.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from jupyter_client import AsyncKernelManager
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.provisioning import LocalProvisioner
from papermill.engines import NBClientEngine, papermill_engines

from lvliang.site.warm import NotWarm, WarmKernel, WarmProcess

ENGINE = "lvliang"
_Base: Any = AsyncKernelManager  # its stubs declare its coroutines as plain functions
SILENCE = 0.01  # seconds


class Owner(Protocol):
    """The run that a kernel serves."""

    warm: WarmProcess | None
    group: int | None

    def kill(self) -> None:
        """End the kernel and what it started."""

    def is_over(self) -> bool:
        """Whether the run was ended while its kernel was starting."""


class SavingOnce(NBClientEngine):
    """Papermill's own engine, which writes the whole notebook twice a cell, and here at its end.

    However it ends: with an error, a dead kernel or an interrupt too.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run the cells."""
        nb_man.save = lambda **_: None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
        finally:
            del nb_man.save


papermill_engines.register(ENGINE, SavingOnce)


class PromptChannel(AsyncZMQSocketChannel):
    """Outputs of a kernel. Once one was heard, its silence is believed after a moment.

    The client listens for silence when a kernel has started, a fifth of a second in which nothing
    is done. What might come later is of no cell, and passed over.
    """

    heard = False

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # type: ignore[override]
        """Get the next message, within `timeout` seconds."""
        if self.heard and timeout is not None:
            timeout = min(timeout, SILENCE)
        message = await super().get_msg(timeout)
        self.heard = True
        return message


class PromptClient(AsyncKernelClient):
    """A client that starts at once when its kernel has."""

    iopub_channel_class = PromptChannel  # type: ignore[assignment]


class WarmProvisioner(LocalProvisioner):
    """Takes a kernel from the warm process; where there is none, starts an ordinary one."""

    warm: WarmProcess

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Launch the kernel and return its connection information."""
        cwd = options.get("cwd") or str(Path.cwd())
        file = self.parent.connection_file  # type: ignore[union-attr]
        try:
            kernel = self.warm.fork(file, cwd=cwd, env=options["env"])
        except NotWarm:
            return await super().launch_kernel(cmd, **options)
        self.process: Any = kernel
        self.pid = self.pgid = kernel.pid
        self.cwd = cwd
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, and see it gone: Jupyter would look again after a tenth of a second."""
        process = self.process
        await super().kill(restart)
        if isinstance(process, WarmKernel):
            process.see_end()


def manager_class(owner: Owner, folder: Path) -> type:
    """Build a kernel manager that tells `owner` the process group of its kernel.

    Parameters
    ----------
    owner : Owner
        Whose kernel it is.
    folder : Path
        Where sockets and IPython's own files of the kernel go.
    """

    class Manager(_Base):
        client_factory = PromptClient

        def __init__(self, **traits: Any) -> None:
            # Unix sockets: over TCP other users of the machine could listen, and ipykernel warns
            # of that on every run.
            name = uuid4().hex[:8]
            file = folder / f"{name}.json"
            super().__init__(transport="ipc", connection_file=str(file), **traits)
            # Kernels that share IPython's history wait for each other's lock of it.
            self.own = {"IPYTHONDIR": str(folder / name)}

        async def start_kernel(self, **options: Any) -> None:
            if owner.warm:
                self.provisioner = WarmProvisioner(kernel_spec=self.kernel_spec, parent=self)
                self.provisioner.warm = owner.warm
            env = {**options.pop("env", os.environ), **self.own}
            await super().start_kernel(env=env, **options)
            owner.group = self.provisioner.pgid
            if owner.is_over():
                owner.kill()

        async def cleanup_resources(self, restart: bool = False) -> None:
            owner.kill()
            owner.group = None
            await super().cleanup_resources(restart)

    return Manager
