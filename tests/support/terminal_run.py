#!/usr/bin/python3
"""Runs a command in a pseudo-terminal of which a model is kept (pyte), and looks at the screen while it runs.

usage: terminal_run.py COLUMNSxROWS [STEP]… -- COMMAND…

Steps are taken in their order:
    wait=REGEX       until a line of the screen matches; fails after a while if none does, or if the command ends before
    save=FILE        the screen as it is now
    run=COMMAND      in a shell
    resize=CxR       of the terminal
    key=TEXT         as if typed; ^C is Ctrl-C, ^Z Ctrl-Z, ^M the return key

At the end there are, in the current folder: `screen` (what stands there), `history` (that, and before it all that scrolled away), `raw`
(the bytes), `facts` (cursor column, whether the cursor is shown, whether lines wrap, the title). Ends as the command does (a signal: 128 + N).
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pyte

PATIENCE = 120  # seconds, for machines that are slow


class Terminal:
    def __init__(self, columns, rows, command):
        self.screen = pyte.HistoryScreen(columns, rows, history=100000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            self.set_size(0, columns, rows)
            os.execvp(command[0], command)
        self.ended = False

    @staticmethod
    def set_size(descriptor, columns, rows):
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns, rows):
        """As xterm does it: what is too wide is cut; where rows are lost, those below the cursor go first, then the upper ones scroll away."""
        screen = self.screen
        for _ in range(screen.cursor.y - rows + 1):
            screen.history.top.append(screen.buffer[0])
            for y in range(screen.lines):
                screen.buffer[y] = screen.buffer[y + 1]
            screen.cursor.y -= 1
        for y in [y for y in screen.buffer if y >= rows]:
            del screen.buffer[y]
        for line in screen.buffer.values():
            for x in [x for x in line if x >= columns]:
                del line[x]
        screen.lines, screen.columns = rows, columns
        screen.cursor.x = min(screen.cursor.x, columns - 1)
        screen.set_margins()
        self.set_size(self.master, columns, rows)

    def read(self, seconds):
        """What the command wrote, if it comes in time."""
        if self.ended or not select.select([self.master], [], [], seconds)[0]:
            return
        try:
            data = os.read(self.master, 65536)
        except OSError:  # EIO: nobody has the other end open any more
            data = b""
        self.ended = not data
        self.raw += data
        self.stream.feed(data)

    def catch_up(self):
        """Takes in what the command has written already."""
        while not self.ended and select.select([self.master], [], [], 0)[0]:
            self.read(0)

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def history(self):
        top = ["".join(line[x].data for x in range(self.screen.columns)).rstrip() for line in self.screen.history.top]
        return top + self.lines()

    def wait(self, pattern):
        until = time.monotonic() + PATIENCE
        while not any(re.search(pattern, line) for line in self.lines()):
            if self.ended or time.monotonic() > until:
                print(*self.history(), sep="\n", file=sys.stderr)
                raise SystemExit(f"terminal_run.py: {'the command ended' if self.ended else 'too long'} without a line that matches {pattern}")
            self.read(0.05)

    def end(self):
        until = time.monotonic() + PATIENCE
        while not self.ended:
            if time.monotonic() > until:
                raise SystemExit("terminal_run.py: the command does not end")
            self.read(0.5)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def size_of(text):
    return [int(number) for number in text.split("x")]


def save(path, lines):
    while lines and not lines[-1]:
        lines.pop()
    with open(path, "w") as file:
        file.writelines(line + "\n" for line in lines)


def take(terminal, step):
    kind, _, value = step.partition("=")
    if kind == "wait":
        terminal.wait(value)
    elif kind == "save":
        terminal.catch_up()
        save(value, terminal.lines())
    elif kind == "run":
        subprocess.run(value, shell=True, check=True)
    elif kind == "resize":
        terminal.resize(*size_of(value))
    elif kind == "key":
        typed = re.sub(r"\^([A-Z])", lambda match: chr(ord(match[1]) - 64), value)
        os.write(terminal.master, typed.encode())
    else:
        raise SystemExit(f"terminal_run.py: no such step: {step}")


def main():
    words = sys.argv[1:]
    where = words.index("--")
    terminal = Terminal(*size_of(words[0]), words[where + 1:])
    try:
        for step in words[1:where]:
            take(terminal, step)
        status = terminal.end()
    finally:
        if not terminal.ended:
            os.kill(terminal.pid, signal.SIGKILL)
    save("screen", terminal.lines())
    save("history", terminal.history())
    with open("raw", "wb") as file:
        file.write(terminal.raw)
    wraps = pyte.modes.DECAWM in terminal.screen.mode
    with open("facts", "w") as file:
        file.write(f"column {terminal.screen.cursor.x}\ncursor {'hidden' if terminal.screen.cursor.hidden else 'shown'}\n"
                   f"lines {'wrap' if wraps else 'are cut'}\ntitle {terminal.screen.title}\n")
    sys.exit(128 - status if status < 0 else status)


if __name__ == "__main__":
    main()
