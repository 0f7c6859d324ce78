"""Turns at the machine for the peers in Python, as Sources/TurnTaking has them for ours."""

import json
import sys
import time


def take_turns(work, check=None, out=sys.stdout, **facts) -> None:
    """Says to `out` that it is ready, with `facts`; then takes a turn for every line it reads.

    `work` does one turn and returns how many things it did or, where there is a `check`, what it made.
    For the line `check` there is no turn, and what that function makes of the last turn is told: a
    number by which others can tell whether they made the same. It is not timed."""
    print(json.dumps(facts), file=out, flush=True)
    made = None
    for line in sys.stdin:
        if line.strip() == "check":
            print(json.dumps({"result": check(made)}), file=out, flush=True)
            continue
        made = None
        wall, cpu = time.perf_counter(), time.process_time()
        made = work()
        took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        print(json.dumps({"count": 1 if check else made} | took), file=out, flush=True)
