"""`Value`: a frozen pydantic model whose constructor says in one sentence of ours what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from verif_sdk.errors import InvalidSpec
from verif_sdk.problems import described


class Value(BaseModel):
    """The base of what a person constructs or writes as data: frozen, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, /, **fields: Any) -> None:
        """Take the fields.

        Raises:
            InvalidSpec: a field is unknown, missing or wrong; the message names the class and the field.
        """
        try:
            self.__pydantic_validator__.validate_python(fields, self_instance=self)
        except ValidationError as error:
            raise InvalidSpec(f"{type(self).__name__}: {described(error, type(self))}") from None

    # Without this mark pydantic would call the constructor above for each value that it reads out of data.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def read(cls, fields: Mapping[str, Any], where: str = "") -> Self:
        """Return the value that data describes.

        Args:
            fields: its fields, as read from JSON or TOML.
            where: what a message begins with, such as the name of the file.

        Raises:
            InvalidSpec: a field is unknown, missing or wrong; the message names it.
        """
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise InvalidSpec(f"{where}{described(error, cls)}") from None
