"""Processes that race: each stays warm and does a little work when it is its turn."""

import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path


class Contender:
    """A process that takes a turn for every line that it is given."""

    def __init__(self, name: str, *command: object, environment=None, core: int | None = None):
        """With a `core`, all of the process's threads share that one."""
        self.name, self.turns = name, []
        pin = None if core is None else lambda: os.sched_setaffinity(0, {core})
        self.process = subprocess.Popen(
            [str(word) for word in command], text=True, env=environment, preexec_fn=pin,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.facts = self.hear()

    def hear(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended with status {self.process.wait()}.")
        return json.loads(line)

    def turn(self) -> dict:
        print(file=self.process.stdin, flush=True)
        return self.hear()

    def check(self) -> float | None:
        """A number that tells what the last turn made from something else."""
        print("check", file=self.process.stdin, flush=True)
        return self.hear()["result"]

    def memory(self, figure: str) -> float:
        """VmHWM, the largest resident memory so far, or VmRSS, the present one; in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{figure}:\s+(\d+)", status)[1]) / 1024

    def forget_peak(self) -> None:
        """From now on, VmHWM tells of what comes from now on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def race(contenders: list[Contender], rounds: int) -> None:
    """Turns in rounds, each in an order of its own, so that none always comes after the same other."""
    order = random.Random(1)
    for _ in range(rounds):
        for contender in order.sample(contenders, len(contenders)):
            contender.turns.append(contender.turn())
            time.sleep(0.05)  # The threads of one spin a little after its turn.
