"""What a folder knows of its demo. Standard library only: `manage.py` asks before any settings are read."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

from portal.embedded import locks

ROOT = Path(__file__).resolve().parents[2]


def remember(var: Path, *, port: int, crm_url: str) -> None:
    """Note how the demo in `var` was started."""
    (var / "demo.json").write_text(json.dumps({"PORT": str(port), "PORTAL_DEMO_CRM_URL": crm_url}))


def remembered(var: Path) -> dict[str, str]:
    """The environment of the demo in `var`, empty when there was none."""
    try:
        known = json.loads((var / "demo.json").read_text())
    except (OSError, ValueError):
        return {}
    return {name: str(known[name]) for name in ("PORT", "PORTAL_DEMO_CRM_URL") if name in known}


def use_demo_of_this_folder() -> None:
    """Let `manage.py` work on the demo where nothing says otherwise, so that it can be tried without ceremony.

    Only where a demo was started and no secret key is set, which production cannot be without.
    """
    if any(name in os.environ for name in ("PORTAL_SECRET_KEY", "PORTAL_DEMO", "PORTAL_TEST")):
        return
    known = remembered(_var())
    if known and not (ROOT / ".env").exists():
        os.environ["PORTAL_DEMO"] = "1"
        for name, value in known.items():
            os.environ.setdefault(name, value)


def main() -> int:
    """`make reset`: remove all that the demo wrote. Refuses while it runs."""
    var = _var()
    if not locks.is_free(var / "demo.lock") or not _database_stopped(var):
        print("The demo is running (or another program uses its database): stop it first.", file=sys.stderr)  # noqa: T201
        return 1
    for path in var.iterdir() if var.exists() else ():
        # The tests' own server may be at work, and nobody's data is in it.
        if path.name != "test":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    print(f"{var} is empty; `make demo` begins anew.")  # noqa: T201
    return 0


def _database_stopped(var: Path) -> bool:
    """Whether no database runs, with a moment's patience: one that nobody uses any more stops by itself."""
    deadline = time.monotonic() + 3
    while not locks.is_free(var / "postgres" / "keeper.lock"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _var() -> Path:
    return Path(os.environ.get("PORTAL_VAR_DIR", "").strip() or ROOT / "var").resolve()


if __name__ == "__main__":
    sys.exit(main())
