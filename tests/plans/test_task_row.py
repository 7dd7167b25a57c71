"""A row is written out in the spine, because an include a row costs; the answer to an act must give the same."""

from pathlib import Path

from django.conf import settings

OOB = '{% if oob %} hx-swap-oob="true"{% endif %}'


def _source(name: str) -> str:
    return Path(settings.BASE_DIR, "templates/plans", name).read_text()


def test_the_row_of_the_spine_is_the_row_of_the_answer():
    _, _, rest = _source("plan_detail.html").partition("{% for r in m.rows %}<li>")
    in_the_spine, _, _ = rest.partition('<div class="task-open">')
    in_the_answer = _source("_task.html").splitlines()[-1]
    assert OOB in in_the_answer
    assert in_the_spine == in_the_answer.replace(OOB, "")
