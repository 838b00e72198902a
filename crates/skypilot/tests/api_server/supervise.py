"""Runs a server for a test, and ends it with everything it started as soon as the test is over, however it ended:
standard input, which the test holds open, then comes to its end."""

import os
import signal
import subprocess
import sys

server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)
sys.stdin.buffer.read()
os.killpg(server.pid, signal.SIGKILL)
server.wait()
