"""Runs a command on a terminal, types a text at each of its prompts, and prints the screen: TEXT COMMAND..."""

import os
import pty
import sys
import termios
import time

text, command = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
screen = b""
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:
        break
    if not chunk:
        break
    screen += chunk
    # A prompt is complete.
    if screen.rstrip(b"\r\n").endswith(b": ") and not screen.endswith(b"\n"):
        end = time.monotonic() + 10
        while termios.tcgetattr(terminal)[3] & termios.ECHO and time.monotonic() < end:
            time.sleep(0.01)
        os.write(terminal, text.encode() + b"\n")
os.waitpid(pid, 0)
sys.stdout.write(screen.decode())
