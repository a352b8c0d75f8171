"""Runs a module that ends with its parent, however the parent ends.

The parent holds the other end of a pipe; when it is gone the pipe is at its end.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE = 2.5


def main() -> None:
    """Run the module named second while the pipe named first is open."""
    descriptor, module = int(sys.argv[1]), sys.argv[2]
    threading.Thread(target=_watch, args=[descriptor], daemon=True).start()
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    group = os.getpgrp()
    os.killpg(group, signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
