"""Runs a server for a test, and ends it with everything it started as soon as the test is over, however it ended:
standard input, which the test holds open, then comes to its end. Ends too when the server ends by itself."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)


def somebody_lives():
    """Whether a process of the server's group still does something: the dead may stay listed for a while."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rsplit(")", 1)[1].split()[:3]
        except (OSError, IndexError):
            continue
        if int(group) == server.pid and state not in "ZX":
            return True
    return False


def end():
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    # Nobody may write to the home any more that is removed next.
    deadline = time.monotonic() + 10
    while somebody_lives() and time.monotonic() < deadline:
        time.sleep(0.02)
    os._exit(0)


def end_with_the_server():
    server.wait()
    end()


threading.Thread(target=end_with_the_server, daemon=True).start()
sys.stdin.buffer.read()
end()
