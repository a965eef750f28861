"""What a process started by `tocsin up` does so that it never outlives its parent, whatever happens to that."""

import os
import signal
import sys
import threading

SUPERVISED = "TOCSIN_SUPERVISED"
SECONDS_TO_STOP = 3.0
CUT_OFF = 70  # exit code: the parent is gone and stopping in order took too long


def follow_parent() -> None:
    """When started by `tocsin up`: stop as soon as the parent's end of our standard input closes.

    The operating system closes it even when the parent is killed, on every platform; the parent never writes.
    """
    if os.environ.pop(SUPERVISED, "") != "1":
        return
    threading.Thread(target=_wait_for_end, name="follow-parent", daemon=True).start()


def _wait_for_end() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(SECONDS_TO_STOP)
    os._exit(CUT_OFF)
