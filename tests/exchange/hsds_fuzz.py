"""Questions drawn from our own OpenAPI document, good ones and bad ones, and our answers held against it."""

from contextlib import suppress
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

EVERY = tuple(HealthCheck)


def cases(document: dict[str, Any], mode: GenerationMode, count: int) -> list[Any]:
    """Up to so many questions for each address and method."""
    schema = schemathesis.openapi.from_dict(document)
    found: list[Any] = []
    for operation in schema.get_all_operations():
        assert isinstance(operation, Ok), operation
        strategy = operation.ok().as_strategy(generation_mode=mode)

        @settings(
            max_examples=count, database=None, deadline=None, suppress_health_check=EVERY, phases=[Phase.generate],
            derandomize=True,
        )  # fmt: skip
        @given(case=strategy)
        def draw(case: Any) -> None:
            found.append(case)

        with suppress(Unsatisfiable):  # nothing can be wrong about an address without parameters
            draw()
    return found


async def try_all(client: httpx.AsyncClient, document: dict[str, Any], count: int) -> list[str]:
    """What schemathesis finds: its failures as texts."""
    problems = []
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        for case in cases(document, mode, count):
            asked = case.as_transport_kwargs(base_url="http://relais.test/hsds")
            answer = await _send(client, asked)
            try:
                case.validate_response(answer)
            except (AssertionError, BaseExceptionGroup) as failure:
                problems.append(f"{case.method} {asked.get('url')} {asked}: {_said(failure)}")
    return problems


async def _send(client: httpx.AsyncClient, asked: dict[str, Any]) -> httpx.Response:
    known = {
        name: asked[name] for name in ("method", "url", "params", "json", "headers") if asked.get(name) is not None
    }
    if "data" in asked and asked["data"] is not None:
        known["content"] = asked["data"]
    return await client.request(**known)


def _said(failure: BaseException) -> str:
    inner = getattr(failure, "exceptions", None)
    return " | ".join(map(_said, inner)) if inner else str(failure)[:400]
