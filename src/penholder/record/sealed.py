"""Rows that may be added and read, and nothing else. The database refuses it too, for those who go round Django."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models

from penholder.errors import Refused

SEALED = "What is sealed or recorded is never changed or deleted. Add what corrects it instead."

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class SealedQuerySet(models.QuerySet[Row_co]):
    """A queryset that refuses to change or delete what it finds."""

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse, always."""
        raise Refused(SEALED)

    def delete(self) -> NoReturn:
        """Refuse, always."""
        raise Refused(SEALED)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> NoReturn:
        """Refuse, always."""
        del objs, fields, batch_size
        raise Refused(SEALED)

    def update_or_create(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse, always: it would change the row that it finds."""
        raise Refused(SEALED)


SealedManager = models.Manager.from_queryset(SealedQuerySet)


class SealedModel(models.Model):
    """A row that is written once."""

    objects = SealedManager()

    class Meta:
        abstract = True

    def save(
        self,
        *,
        force_insert: bool | tuple[Any, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Write a new row. Refuse to write over one that stands."""
        if force_update or update_fields is not None or not self._state.adding:
            raise Refused(SEALED)
        super().save(force_insert=force_insert or True, using=using)

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        """Refuse, always."""
        del using, keep_parents
        raise Refused(SEALED)
