"""The warm parent: one process, one thread, with everything imported; a child is forked from it for each task.

It runs nothing of a task itself, so nothing can leak from one into the next. It watches its children, ends those that
take too long, and goes when the process that it serves is gone. Not imported by anybody but the process itself.

Over the connection come ``(number, limit, memory)`` and a pickled ``(name, argument)`` (number 0: to be done by the
parent itself, so that the children to come have what it fills); back go ``(number, word,
value)``: ``at`` how far the child is (a number), ``late`` that its time was up, ``result`` what the function
returned, ``broken`` the traceback it ended with, and at last ``ended`` the exit status (negative: the signal). A result
and a traceback follow their announcement as a message of their own, passed on unread.

A child tells how far it is by turning a dial in shared memory, which costs it nothing; the parent looks a few times a
second. So of a quick task only the end is told, of one that takes long where it is.
"""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import select
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from typing import Any, cast

from gdgk.engine.limits import stand_alone

# After the limit a child is interrupted, so that the traceback stands in its notebook; then it is killed.
GRACE = 5.0
# Seconds between two looks at the dials.
LOOK = 0.1
# What a child says begins with one byte: a result, or the error that its function ended with.
RESULT, BROKEN = b"r", b"b"


@dataclass
class Child:
    """A task under way."""

    number: int
    process: int
    watch: int
    ear: Connection
    dial: Dial
    deadline: float | None
    interrupted: bool = False


class Dial:
    """A number that a child sets and its parent reads."""

    FORM = struct.Struct("q")

    def __init__(self) -> None:
        self.shared = mmap.mmap(-1, self.FORM.size)
        self.seen = 0

    def turn(self, number: int) -> None:
        """In the child: say how far it is."""
        self.FORM.pack_into(self.shared, 0, number)

    def look(self) -> int:
        """How far the child is, where that is new; else 0."""
        (number,) = self.FORM.unpack_from(self.shared, 0)
        if number == self.seen:
            return 0
        self.seen = number
        return int(number)


class Parent:
    """The loop of the warm parent."""

    def __init__(self, control: Connection) -> None:
        self.control = control
        self.own = os.getpid()
        self.children: dict[int, Child] = {}
        self.looked = time.monotonic()
        self.settled = False
        self.poll = select.poll()
        self.poll.register(control.fileno(), select.POLLIN)

    def serve(self) -> None:
        """Fork, watch and tell until the connection ends; then end what is still running."""
        try:
            while True:
                for number, _ in self.poll.poll(self.patience()):
                    if number == self.control.fileno():
                        self.begin()
                    elif number in self.children:
                        self.hear(self.children[number])
                self.look()
                self.end_late()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass  # the process that we serve has gone or has closed the connection
        finally:
            for child in self.children.values():
                end_group(child.process)

    def patience(self) -> float | None:
        """Milliseconds until the dials are to be looked at or a child's time is up."""
        if not self.children:
            return None
        deadlines = [child.deadline for child in self.children.values() if child.deadline is not None]
        return max(0.0, min([self.looked + LOOK, *deadlines]) - time.monotonic()) * 1000

    def look(self) -> None:
        """Tell how far the children are that have gone on since the last look."""
        now = time.monotonic()
        if now < self.looked + LOOK:
            return
        self.looked = now
        for child in {child.number: child for child in self.children.values()}.values():
            self.tell_dial(child)

    def tell_dial(self, child: Child) -> None:
        """Tell how far a child is, where that is new."""
        if number := child.dial.look():
            say(self.control, child.number, "at", number)

    def begin(self) -> None:
        """Fork a child for a task."""
        number, limit, memory = self.control.recv()
        task = self.control.recv_bytes()
        if not number:
            name, wanted = pickle.loads(task)
            make_ready(self.control, lambda: named(name)(wanted))
            self.settled = False
            return
        if not self.settled:
            settle()
            self.settled = True
        ear, mouth = Pipe(duplex=False)
        dial = Dial()
        process = os.fork()
        if not process:
            self.become_child(mouth, dial, memory, task)
        mouth.close()
        with suppress(OSError):
            os.setpgid(process, process)  # it does so itself; whoever is first
        watch = os.pidfd_open(process)
        deadline = time.monotonic() + limit if limit else None
        child = Child(number, process, watch, ear, dial, deadline)
        for descriptor in (ear.fileno(), watch):
            self.children[descriptor] = child
            self.poll.register(descriptor, select.POLLIN)

    def become_child(self, mouth: Connection, dial: Dial, memory: int, task: bytes) -> None:
        """In the child: let go of the parent's files, do the task, tell its result, end. Never returns."""
        status = 1
        try:
            self.control.close()
            for descriptor in self.children:
                os.close(descriptor)
            stand_alone(self.own, memory)
            name, argument = pickle.loads(task)
            told = named(name)(argument, dial.turn)
            mouth.send_bytes(RESULT + pickle.dumps(told))
            status = 0
        except BaseException:
            with suppress(Exception):
                mouth.send_bytes(BROKEN + pickle.dumps(traceback.format_exc()))
        finally:
            os._exit(status)

    def hear(self, child: Child) -> None:
        """What a child says, and its end; all that it said comes before its end."""
        over = readable(child.watch)
        try:
            while not child.ear.closed and readable(child.ear.fileno()):
                self.pass_on(child, child.ear.recv_bytes())
        except (EOFError, ConnectionResetError):
            self.forget(child.ear.fileno())
            child.ear.close()
        if over:
            self.bury(child)

    def bury(self, child: Child) -> None:
        """Tell the end of a child, and end what it started and left."""
        end_group(child.process)  # while its number is still its own
        ended = os.waitid(os.P_PIDFD, child.watch, os.WEXITED)
        assert ended is not None
        self.forget(child.watch)
        os.close(child.watch)
        if not child.ear.closed:
            self.forget(child.ear.fileno())
            child.ear.close()
        status = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
        say(self.control, child.number, "ended", status)

    def forget(self, descriptor: int) -> None:
        """No longer wait for a descriptor."""
        self.poll.unregister(descriptor)
        del self.children[descriptor]

    def pass_on(self, child: Child, said: bytes) -> None:
        """Tell what a child said."""
        word = {RESULT: "result", BROKEN: "broken"}[said[:1]]
        say(self.control, child.number, word)
        self.control.send_bytes(said[1:])

    def end_late(self) -> None:
        """Interrupt a child whose time is up, and kill it when it goes on all the same."""
        now = time.monotonic()
        for child in self.children.values():
            if child.deadline is None or now < child.deadline:
                continue
            if child.interrupted:
                end_group(child.process)
                child.deadline = None
            else:
                child.interrupted = True
                child.deadline = now + GRACE
                self.tell_dial(child)
                say(self.control, child.number, "late")
                with suppress(ProcessLookupError):
                    os.kill(child.process, signal.SIGINT)


def say(control: Connection, number: int, word: str, value: int | None = None) -> None:
    """Tell the process that is served something of a task.

    Whatever this process touches after a fork is copied. So nothing is done in a roundabout way: ``Connection.send``
    makes a pickler in Python, and ``Connection.poll`` a selector; both together touch a hundred pages for each child.
    """
    control.send_bytes(pickle.dumps((number, word, value)))


def readable(descriptor: int) -> bool:
    """Whether there is something to read, or an end to be seen; see :func:`say`."""
    return bool(select.select([descriptor], [], [], 0)[0])


def end_group(process: int) -> None:
    """Kill a child and what it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)


def named(name: str) -> Callable[..., Any]:
    """The function of a name ``module:function``."""
    module, _, function = name.partition(":")
    return cast(Callable[..., Any], getattr(import_module(module), function))


def main(descriptor: int, prepare: str) -> None:
    """Make ready, say so, serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = Connection(descriptor)
    make_ready(control, lambda: named(prepare)())
    Parent(control).serve()


def make_ready(control: Connection, prepare: Callable[[], Any]) -> None:
    """Import and fill what every child is to have, and say so; ends the process where that fails."""
    gc.disable()  # until the first child: to look for cycles in what stays a hundred times is a twentieth of the start
    try:
        prepare()
    except BaseException:
        say(control, 0, "broken")
        control.send_bytes(pickle.dumps(traceback.format_exc()))
        sys.exit(1)
    say(control, 0, "ready")


def settle() -> None:
    """Let go of what was only needed on the way, and never look at the rest again, which would copy it."""
    gc.enable()
    gc.unfreeze()
    gc.collect()
    gc.freeze()
