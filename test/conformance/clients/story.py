"""Shared code of the two Python clients: steps, each reported in a line, and the kill of the leader between them.

A story prints `ok NAME` or `FAIL NAME: why` for each step, and `KILL THE LEADER`, after which it waits for a line on standard input.
"""

import sys
import time
import traceback

BOUND_S = 30
failed = False


def step(name, run):
    global failed
    try:
        run()
        print(f"ok {name}", flush=True)
    except Exception as error:
        failed = True
        traceback.print_exc()
        print(f"FAIL {name}: {error!r}", flush=True)


def kill_the_leader():
    print("KILL THE LEADER", flush=True)
    sys.stdin.readline()


def equal(found, expected):
    if found != expected:
        raise AssertionError(f"{found!r} in place of {expected!r}")


def until(what, ask):
    """Repeats `ask` until its result is not None, false or an error, and returns it."""
    end = time.monotonic() + BOUND_S
    last = None
    while time.monotonic() < end:
        try:
            found = ask()
            if found:
                return found
        except Exception as error:
            last = error
        time.sleep(0.05)
    raise TimeoutError(f"{what} did not come in {BOUND_S} s; at the end: {last!r}")


def finish():
    sys.exit(1 if failed else 0)
