"""A reader who follows a page to the letter: files are written, programs run, commands typed, in one folder."""

from __future__ import annotations

import contextlib
import io
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, TracebackType
from typing import IO

from tests.pages.clones import clone
from tests.pages.page import Block, Command, blocks, commands, printed_as_shown

BIN = Path(sys.executable).parent
FILES = {"json", "jsonl", "toml", "yaml", "text"}
FROM_AFAR = ("pip install", "apt install", "git clone")
MODEL = r"vllm:(?:Qwen/Qwen3-8B|opencompass/CompassVerifier-7B|THU-KEG/IF-Verifier-7B)"
PATIENCE = 60  # seconds until a command that keeps running must have printed what its page shows


class Reader:
    """Runs the blocks of one page. A context manager: what was started ends with it.

    Args:
        folder: where files are written and commands run.
        model: the judge spec that takes the place of the model on the page, which no test machine holds.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self.folder = folder
        self.model = model
        self.port = _free_port()
        self.module = ModuleType("page")
        self.printed = ""
        self.written: set[str] = set()
        self.env = {
            **os.environ,
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "PYTHONPATH": str(folder / "site"),
        }
        self.running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Reader:
        sys.modules["page"] = self.module  # where pydantic looks up annotations
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del sys.modules["page"]
        self._stop()

    def _stop(self) -> None:
        while self.running:
            process = self.running.pop()
            process.terminate()  # the shell has made way for the command
            process.wait(PATIENCE)

    def follow(self, page: Path) -> None:
        """Run every block of a page; AssertionError names the line that does not do what the page says."""
        for block in blocks(page):
            where = f"{page.name}:{block.line}"
            if block.skipped:
                continue
            if block.title:
                self._write(block)
            elif block.language == "python":
                self._run(block, where)
            elif block.language == "text":
                assert printed_as_shown(self.printed, block.body), f"{where} printed\n{self.printed}"
            elif block.language in ("console", "bash"):
                for command in commands(block):
                    self._type(command, f"{page.name}:{command.line}")

    def _here(self, text: str) -> str:
        """Return the text with what this machine has in the place of the model, the port and other machines."""
        joined = self.model.partition("?")[1] and "&"
        text = text.replace("8500", str(self.port)).replace("--host 0.0.0.0", "--host 127.0.0.1")
        text = re.sub(r"(?<=[?&])max_model_len=\d+&?", "", text)
        text = re.sub(rf"{MODEL}\?(?=\w)", lambda _: f"{self.model}{joined}", text)
        return re.sub(rf"{MODEL}\??", lambda _: self.model, text)

    def _write(self, block: Block) -> None:
        path = self.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if block.title in self.written else "w", encoding="utf-8") as file:
            file.write(self._here(block.body))
        self.written.add(block.title)

    def _run(self, block: Block, where: str) -> None:
        output = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(output):
            exec(compile(self._here(block.body), where, "exec"), vars(self.module))
        self.printed = output.getvalue()

    def _type(self, command: Command, where: str) -> None:
        text = self._here(command.text)
        if text.startswith("pip install ./"):
            text = f"{text} --quiet --no-deps --no-build-isolation --target site"
        elif text.startswith("git clone https://github.com/"):
            return clone(text.split("/")[-1], self.folder)
        elif text.startswith(FROM_AFAR):
            return  # test_install.py does, in an environment of its own
        if text.startswith("export "):
            self._export(text)
        elif text.startswith("verif serve"):
            self._start(text, command.prints, where)
        else:
            process = self._shell(text)
            printed, _ = process.communicate(timeout=10 * PATIENCE)
            # 1 and 3 are answers too (a constraint that fails, a row that is undecided): the page shows them.
            usual = (0, 1, 3) if command.prints else (0,)
            assert process.returncode in usual, f"{where} exit code {process.returncode}\n{printed}"
            assert printed_as_shown(printed, command.prints), f"{where} printed\n{printed}"

    def _export(self, text: str) -> None:
        name = text.removeprefix("export ").partition("=")[0]
        shown = subprocess.run(
            ["bash", "-c", f'{text}; printf %s "${name}"'],
            env=self.env,
            capture_output=True,
            text=True,
            check=True,
        )
        self.env[name] = shown.stdout

    def _start(self, text: str, shown: str, where: str) -> None:
        """Start a server in the place of the one that runs, and wait until it has printed what the page shows."""
        self._stop()
        log = self.folder / "serve.log"
        with log.open("w") as output:
            process = self._shell(f"exec {text} --port {self.port}", output)
        self.running.append(process)
        until = time.monotonic() + PATIENCE
        while not printed_as_shown(log.read_text(), self._here(shown)):
            assert process.poll() is None, f"{where} ended with {process.returncode}\n{log.read_text()}"
            assert time.monotonic() < until, f"{where} printed\n{log.read_text()}"
            time.sleep(0.1)

    def _shell(self, text: str, output: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["bash", "-c", text],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
