"""Runs a server for a test, and ends it with everything it started as soon as the test is over, however it ended:
standard input, which the test holds open, then comes to its end. Ends too when the server ends by itself."""

import os
import signal
import subprocess
import sys
import threading

server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)


def end():
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os._exit(0)


def end_with_the_server():
    server.wait()
    end()


threading.Thread(target=end_with_the_server, daemon=True).start()
sys.stdin.buffer.read()
end()
