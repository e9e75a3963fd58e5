"""How well people's questions find their answer in a real directory, beside what the database offers by itself."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.relevance.judged import questions
from tests.relevance.measure import agreement, measured, missed, table
from tests.relevance.world import indexed

pytestmark = pytest.mark.real
HELD = "RELEVANCE_HELD"
"""Environment variable: print the questions that are held back too, which nobody looks at while tuning."""


async def test_questions_are_answered_better_than_full_text_answers_them(miami: AsyncSession, tmp_path: Path) -> None:
    result = await measured(await indexed("miami", miami, tmp_path), questions("miami"))
    shown = ("dev", "held") if os.environ.get(HELD) else ("dev",)
    for split in shown:
        part = replace(result, asked=[one for one in result.asked if one.split == split])
        sys.stdout.write(f"\nmiami, {split}\n{table(part)}\n")
    sys.stdout.write(f"{agreement('miami')}\n")
    assert missed(result) == []
