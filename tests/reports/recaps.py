"""The recaps that the tests print: a rich one and an empty one."""

import io
import json
from pathlib import Path

from pypdf import PdfReader

from reports.kinds import Asked
from reports.recap.gathering import gather
from reports.recap.snapshot import RecapSnapshot

DATA = Path(__file__).parent.parent / "data"


def recap(name: str = "sample", **changes) -> RecapSnapshot:
    facts = json.loads((DATA / f"recap_{name}.json").read_bytes())
    return RecapSnapshot.model_validate(facts | changes)


def gather_recap(plan, *, period_from, period_to, language, requested_by) -> RecapSnapshot:
    return gather(
        Asked(plan.account, plan, None, period_from, period_to, language, "a4", requested_by=requested_by)
    )


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def page_texts(content: bytes) -> list[str]:
    """Each page as one line of words."""
    return [" ".join(page.extract_text().split()) for page in read(content).pages]
