"""One playbook is chosen, always the same one, and the sentence says why."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

import pytest

from plans.playbook.choosing import DealShape, NoPlaybook, choose_playbook
from plans.playbook.schema import MatchRules


@dataclass(frozen=True)
class Candidate:
    key: str
    match: MatchRules
    version: int = 1

    @property
    def name(self):
        return self.key.title()


ENTERPRISE = Candidate("enterprise", MatchRules(segments=("enterprise",)))
MID = Candidate("mid", MatchRules(segments=("mid-market",)))
SMB = Candidate("smb", MatchRules(segments=("smb",), touch="tech"))


def test_the_sentence_says_what_matched_and_what_did_not():
    choice = choose_playbook([SMB, ENTERPRISE, MID], DealShape("enterprise", "high"))
    assert choice.playbook is ENTERPRISE
    assert choice.reason == (
        "Enterprise account, high touch: “Enterprise” matches segment enterprise; 2 others did not."
    )


def test_two_conditions_and_one_other():
    choice = choose_playbook([SMB, MID], DealShape("smb", "tech"))
    assert choice.reason == (
        "SMB account, tech touch: “Smb” matches segment smb and touch tech; 1 other did not."
    )


def test_a_playbook_for_everyone():
    choice = choose_playbook([Candidate("any", MatchRules())], DealShape("", ""))
    assert choice.reason == "Account of unknown segment, unknown touch: “Any” matches every account."


@pytest.mark.parametrize(
    ("candidates", "winner"),
    [
        ([Candidate("a", MatchRules()), Candidate("b", MatchRules(priority=1))], "b"),
        ([Candidate("a", MatchRules()), Candidate("b", MatchRules(segments=("smb",)))], "b"),
        ([Candidate("b", MatchRules()), Candidate("a", MatchRules()), Candidate("c", MatchRules())], "a"),
        ([Candidate("a", MatchRules(priority=2)), Candidate("b", MatchRules(segments=("smb",)))], "a"),
    ],
)
def test_the_order_of_the_candidates_does_not_matter(candidates, winner):
    for order in permutations(candidates):
        choice = choose_playbook(order, DealShape("smb", "tech"))
        assert choice.playbook.key == winner
        assert "matched but rank" in choice.reason


def test_the_newest_version_wins():
    old, new = Candidate("a", MatchRules(), version=2), Candidate("a", MatchRules(), version=10)
    assert choose_playbook([old, new], DealShape("smb", "tech")).playbook is new
    assert choose_playbook([new, old], DealShape("smb", "tech")).playbook is new


@pytest.mark.parametrize(
    ("arr", "matches"),
    [("999.99", False), ("1000", True), ("5000", True), ("5000.01", False), (None, False)],
)
def test_the_limits_of_arr_are_inclusive_and_an_unknown_one_meets_none(arr, matches):
    candidate = Candidate("a", MatchRules(min_arr=1000, max_arr=5000))
    facts = DealShape("smb", "tech", arr=Decimal(arr) if arr else None)
    if matches:
        assert f"matches ARR {Decimal(arr):,.0f}" in choose_playbook([candidate], facts).reason
    else:
        with pytest.raises(NoPlaybook):
            choose_playbook([candidate], facts)


def test_a_limit_of_zero_is_a_limit():
    with pytest.raises(NoPlaybook):
        choose_playbook([Candidate("free", MatchRules(max_arr=0))], DealShape("smb", "tech", arr=Decimal(1)))


def test_a_product_is_found_in_any_case():
    candidate = Candidate("a", MatchRules(products=("Flow", "Sync")))
    choice = choose_playbook([candidate], DealShape("smb", "tech", products=("other", "SYNC")))
    assert "matches product Sync" in choice.reason
    with pytest.raises(NoPlaybook):
        choose_playbook([candidate], DealShape("smb", "tech", products=("other",)))


def test_none_matches():
    with pytest.raises(NoPlaybook, match=r"^No playbook matches: SMB account, high touch\.$"):
        choose_playbook([ENTERPRISE, SMB], DealShape("smb", "high"))
