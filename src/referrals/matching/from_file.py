"""`referrals match FILE`: the question that a file holds, answered as the interface for programs answers it."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit import command
from referrals.kit.i18n import speak
from referrals.kit.settings import LANGUAGES
from referrals.matching import queries, told
from referrals.matching.asked_problems import sentence
from referrals.matching.asking import BadQuestion, answered, understood
from referrals.taxonomy.queries import vocabulary

LONGEST = 5_000_000
"""Bytes of a file that holds one question."""


def names_a_file(text: str) -> bool:
    return text.endswith(".json") or Path(text).is_file()


def run(path: str, today: date, language: str | None, *, as_json: bool) -> None:
    """Prints the answer; ends with 2 and a sentence where the file holds no question that can be answered."""
    raw = _question(Path(path))
    speak(language or (str(raw["lang"]) if raw.get("lang") in LANGUAGES else LANGUAGES[0]))
    try:
        answer = command.run(lambda session: _answer(session, raw, today))
    except BadQuestion as error:
        said = [sentence(one) for one in error.reading.problems]
        raise click.UsageError("\n".join([f"{path} cannot be answered as it stands.", *said])) from error
    for remark in answer.remarks:
        click.echo(remark.message, err=True)
    for name in answer.ignored:
        click.echo(f"{name} is not known here and was not looked at.", err=True)
    for id, need in answer.needs.items():
        _print(id, need)
    if as_json:
        command.last_line({"needs": {id: _for_programs(need) for id, need in answer.needs.items()}})


async def _answer(session: AsyncSession, raw: Mapping[str, object], today: date) -> told.Answer:
    reading = await understood(session, raw, today)
    found = await answered(session, reading.vignette)
    names = await queries.names(session, told.every(found))
    return told.answer(reading, found, names, await vocabulary(session), "")


def _question(path: Path) -> Mapping[str, object]:
    try:
        if path.stat().st_size > LONGEST:
            raise click.UsageError(f"{path} is too large for one question.")
        raw = json.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise click.UsageError(f"{path} is not JSON: {error}.") from error
    if isinstance(raw, list) and len(raw) == 1 and isinstance(raw[0], dict):
        raw = raw[0]
    if isinstance(raw, list):
        raise click.UsageError(
            f"{path} holds a list of {len(raw)}; give a file with one question: {{client, needs, …}}."
        )
    if not isinstance(raw, dict):
        raise click.UsageError(f"{path} must hold one JSON object: {{client, needs, …}}.")
    return raw


def _print(id: str, need: told.ForNeed) -> None:
    click.echo(f"{id}: {need.term}")
    for position, row in enumerate(need.ranked, start=1):
        click.echo(f"{position:>3}. {row.name}, {row.organization}  {row.score:.0f}")
    click.echo(need.summary or f"{len(need.ranked)} fit or may fit, {len(need.excluded)} do not.")
    for one in need.unlocks:
        click.echo(f"  {one.message}")


def _for_programs(need: told.ForNeed) -> dict[str, Any]:
    ranked = ("service_id", "score", "band", "reasons", "unknown")
    excluded = ("service_id", "constraints", "message")
    return {
        "ranked": [{name: getattr(row, name) for name in ranked} for row in need.ranked],
        "excluded": [{name: getattr(row, name) for name in excluded} for row in need.excluded],
        "unlocks": [msgspec.to_builtins(one) for one in need.unlocks],
    }
