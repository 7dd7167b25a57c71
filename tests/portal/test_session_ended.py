"""A session that has ended: the sign-in leads back to the page where the person was, never to an act."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.test import Client

PLAN = "/plans/00000000-0000-4000-8000-000000000001/"
ACT = f"{PLAN}tasks/{UUID(int=2)}/complete/"


def next_of(address: str) -> str:
    assert urlsplit(address).path == "/sign-in/"
    return parse_qs(urlsplit(address).query)["next"][0]


def test_a_page_comes_back_with_its_query(client: Client) -> None:
    assert next_of(client.get(f"{PLAN}?a=b")["Location"]) == f"{PLAN}?a=b"


def test_an_act_comes_back_to_the_page_that_it_was_on(client: Client) -> None:
    answer = client.post(ACT, headers={"Referer": f"http://testserver{PLAN}?a=b#task"})
    assert (answer.status_code, next_of(answer["Location"])) == (302, f"{PLAN}?a=b")


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/plans/", "//elsewhere.example/", "x:y"])
def test_an_act_from_nowhere_comes_back_to_the_start(client: Client, referer: str) -> None:
    assert next_of(client.post(ACT, headers={"Referer": referer})["Location"]) == "/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_htmx_moves_the_whole_page(client: Client, method: str) -> None:
    """A redirect would be followed by htmx, and the sign-in page be put into the plan."""
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{PLAN}"}
    answer = getattr(client, method)(ACT, headers=headers)
    assert (answer.status_code, "Location" in answer) == (200, False)
    assert next_of(answer["HX-Redirect"]) == PLAN
