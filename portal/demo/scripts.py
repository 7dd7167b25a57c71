"""What the two sides of Aldergate and of Halden say, decide and ask for; `together` lets them do it."""

from dataclasses import dataclass

HELEN, IMRAN, LUCY = (f"{name}@aldergate.example" for name in ("helen.marsh", "imran.qureshi", "lucy.farrow"))
JURGEN, NADINE, EMRE = (
    f"{name}@halden.example" for name in ("jurgen.thaler", "nadine.kruger", "emre.yildiz")
)
THE_CSM = ""


@dataclass(frozen=True)
class Item:
    """An action item of a meeting."""

    title: str
    owner: str
    what: str = ""


@dataclass(frozen=True)
class Held:
    """A meeting: its notes, what it decided (or has to, False), who does what. `writer` put the decisions down."""

    notes: str
    decisions: tuple[tuple[str, bool], ...]
    items: tuple[Item, ...]
    writer: str = THE_CSM


@dataclass(frozen=True)
class Said:
    by: str
    on: str
    text: str
    vendor_only: bool = False


@dataclass(frozen=True)
class Shift:
    """A task that is to be so many days later, and why."""

    task: str
    days: int
    reason: str


@dataclass(frozen=True)
class Block:
    """`on` is who can clear the way, as `block_task` takes it."""

    task: str
    reason: str
    on: str
    days_ago: int


@dataclass(frozen=True)
class WinWords:
    title: str
    before: str
    after: str
    story: str
    next_step: str
    confirmed_by: str = ""


@dataclass(frozen=True)
class Script:
    """`keeps`: the tasks that nobody finishes, because the script holds them."""

    kickoff: Held
    review: Held
    talk: tuple[Said, ...]
    slip: Shift
    asked: Shift
    win: WinWords
    win_days_ago: int
    kickoff_late: int = 0
    blocks: tuple[Block, ...] = ()
    sponsor_to_sign: str = ""
    keeps: frozenset[str] = frozenset()


_ALDERGATE = Script(
    kickoff=Held(
        notes="All five were there.\n\nHelen wants **one process** to work well before the next one begins. "
        "Brokers stay out of the pilot.",
        decisions=(
            ("The pilot begins with the commercial team in Leeds.", True),
            ("Imran decides on the order of the workflows.", True),
        ),
        items=(
            Item("Send the list of pilot teams", IMRAN, "With the number of people in each."),
            Item("Share the recording of the kickoff", "mara.lindqvist@vendor.example"),
        ),
        writer=IMRAN,
    ),
    review=Held(
        notes="Usage is at 61 % of the licensed people. Claims and renewals are the two quiet teams.",
        decisions=(
            ("Lucy coaches the two quiet teams herself, once the policies of January are out.", True),
            ("Do the teams abroad get their own training?", False),
        ),
        items=(Item("Send the usage by team", "mara.lindqvist@vendor.example", "The last four weeks."),),
    ),
    talk=(
        Said(THE_CSM, "coach-quiet-teams", "@Lucy Farrow claims and renewals are below **40 %**. Can you help?"),
        Said(LUCY, "coach-quiet-teams", "Not before the policies of January are out. May we take three weeks more?"),
        Said(THE_CSM, "coach-quiet-teams", "Of course. I move it, and what follows with it."),
        Said(IMRAN, "survey-users", "The survey has *five* questions: [the draft](https://docs.example.com/survey)."),
        Said(
            THE_CSM, "survey-users",
            "Imran takes these numbers into his budget round in January. @Ruth Almeida, good to know for the renewal.",
            vendor_only=True,
        ),
    ),
    slip=Shift(
        "coach-quiet-teams", 21, "The two teams write the policies of January until then."
    ),
    asked=Shift("survey-users", 4, "Internal communications has another survey out until then."),
    win=WinWords(
        title="The first real quote was approved in the product",
        before="A quote went round by e-mail for two days.",
        after="Approved in 40 minutes, with every step on record.",
        story="The commercial team in Leeds took a quote of a real broker through the new workflow.",
        next_step="All workflows follow the same way.",
        confirmed_by=HELEN,
    ),
    win_days_ago=60,
    keeps=frozenset({"coach-quiet-teams", "survey-users"}),
)  # fmt: skip

_HALDEN = Script(
    kickoff=Held(
        notes="One week late: two people were ill.\n\n- Quotes come from the ERP, not from the CRM\n"
        "- The warehouse approves everything above 15 %",
        decisions=(("The works in Kassel begin.", True), ("Emre is the only administrator for now.", True)),
        items=(Item("Name a deputy for Emre", NADINE),),
    ),
    review=Held(
        notes="Short: nothing moves before the API user is there. Jürgen takes it to the head of security.",
        decisions=(
            ("Feedback of the pilot is collected by phone where nobody answers mails.", True),
            ("Does the roll-out wait for the ERP sandbox, or begin without it?", False),
        ),
        items=(Item("Ask the head of security for the API user", JURGEN, "For the ERP sandbox, read only."),),
        writer=NADINE,
    ),
    talk=(
        Said(NADINE, "collect-feedback", "We cannot show the pilot team their quotes while the sandbox is closed."),
        Said(THE_CSM, "collect-feedback", "@Emre Yıldız who in security can release the API user? I will call them."),
        Said(EMRE, "collect-feedback", "Dr. Brandt, but she is away until Thursday."),
        Said(
            THE_CSM, "collect-feedback",
            "@Ruth Almeida Halden is stuck for two weeks. Could you have a word with Jürgen?", vendor_only=True,
        ),
    ),
    slip=Shift("build-workflows", 9, "The other rules are not written yet, and building takes us five working days."),
    asked=Shift("write-other-rules", 8, "We write them once the pilot team has answered; that waits for security."),
    blocks=(
        Block(
            "collect-feedback",
            "Our security team has not released the API user for the ERP sandbox yet.",
            "customer",
            7,
        ),
        Block("announce-change", "We need the announcement in German before the works council reads it.", "vendor", 3),
    ),
    win=WinWords(
        title="The first real quote was approved without an e-mail",
        before="Two days and four e-mails for a quote.",
        after="Three hours, in one place.",
        story="Sales in Kassel sent a quote for a press line through the new approval.",
        next_step="The other rules are written down, so that every quote can take this way.",
    ),
    win_days_ago=8,
    kickoff_late=9,
    sponsor_to_sign=JURGEN,
    keeps=frozenset({"collect-feedback", "announce-change", "write-other-rules", "build-workflows"}),
)  # fmt: skip

SCRIPTS = {"demo-aldergate": _ALDERGATE, "demo-halden": _HALDEN}
