"""`Backend`: a built-in judge that is imported when the first one is made."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from verif_sdk.errors import MissingExtra
from verif_sdk.question import Judge, JudgeFactory


@dataclass(frozen=True)
class Backend:
    """A factory that imports its backend when the first judge is made."""

    module: str
    name: str
    extra: str = ""
    packages: tuple[str, ...] = ()
    """The packages that the backend imports and the extra installs."""

    def look_for_packages(self, scheme: str) -> None:
        """Raise MissingExtra unless the backend's packages are installed; imports none of them."""
        for package in self.packages:
            if find_spec(package) is None:
                raise MissingExtra(f"the judge {scheme!r} needs {package}: pip install 'verif-sdk[{self.extra}]'")

    @property
    def judge(self) -> JudgeFactory:
        judge: JudgeFactory = getattr(import_module(f"verif_sdk.judges.{self.module}"), self.name)
        return judge

    def __call__(self, model: str, **options: object) -> Judge:
        return self.judge(model, **options)
