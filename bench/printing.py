"""`python -m bench.printing`: WeasyPrint alone, for what two processes can do on this machine at best.

Reads {"html", "stylesheet", "times"} as a line of JSON, prints once to warm up, says so, waits for a line, prints as
many times as told, and ends.
"""

import json
import subprocess
import sys
import time
from contextlib import ExitStack


def seconds(html: str, stylesheet: str, *, times: int, processes: int) -> float:
    """From the start of all, warm, to the end of the last; each prints `times` documents."""
    order = json.dumps({"html": html, "stylesheet": stylesheet, "times": times}) + "\n"
    with ExitStack() as stack:
        running = [stack.enter_context(_process()) for _number in range(processes)]
        for one in running:
            _say(one, order)
        for one in running:
            one.stdout.readline()
        began = time.monotonic()
        for one in running:
            _say(one, "go\n")
        for one in running:
            one.wait()
        return time.monotonic() - began


def _process() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.printing"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _say(process: subprocess.Popen[str], line: str) -> None:
    process.stdin.write(line)
    process.stdin.flush()


def main() -> None:
    import django

    django.setup()
    from bench.floors import WeasyPrintAlone

    order = json.loads(sys.stdin.readline())
    alone = WeasyPrintAlone(order["html"], b"{}", order["stylesheet"])
    alone.work()
    print("warm", flush=True)
    sys.stdin.readline()
    for _number in range(order["times"]):
        alone.work()


if __name__ == "__main__":
    main()
