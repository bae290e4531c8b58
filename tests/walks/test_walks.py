# SPDX-License-Identifier: MIT
"""The way of a request, as the machine tells it, is the one that is written down.

`cove trace` follows a program; the lines from the entry of a service to its end are compared
with a golden file, and the pages in docs/walks quote those files word for word. Numbers of
threads and IRPs are given anew within a section, so that what came before does not matter.
COVE_WALKS_UPDATE=1 writes the golden files instead.
"""
import os
import re
import subprocess
import sys
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "program"))

from kit import BUILD, COVE, EXAMPLE_DRIVERS, CoveTest, driver, program, wait_until  # noqa: E402

UPDATE = bool(os.environ.get("COVE_WALKS_UPDATE"))
DOCS = os.path.join(HERE, "..", "..", "docs", "walks")


class Follower:
    """Follows what a verb says of a machine on a thread of its own."""

    verb = None

    def __init__(self, test, machine):
        self.lines = []
        self.process = subprocess.Popen([COVE, self.verb, "-m", machine], env=test.environment,
                                        stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.thread.join(timeout=10)
        self.process.stdout.close()

    def said(self, text):
        return any(text in line for line in self.lines)


class Trace(Follower):
    verb = "trace"


class Log(Follower):
    verb = "log"


def entry(lines, before, service):
    """Index of the last entry of the service at or before a line."""
    for i in range(before, -1, -1):
        if re.search(rf"^gate .* {service}$", lines[i]):
            return i
    return None


def leave(lines, first, service):
    """Index of the end of the service that the line `first` enters."""
    thread = re.match(r"gate +#(\d+)", lines[first]).group(1)
    for i in range(first, len(lines)):
        if re.search(rf"^gate +#{thread} .* {service} = ", lines[i]):
            return i
    return None


def section(lines, mark, first_service, last_mark, last_service):
    """The lines from the entry of the service around the first line with `mark` to the end of
    the service around the first later one with `last_mark`; None while it is not complete."""
    at = next((i for i, line in enumerate(lines) if re.search(mark, line)), None)
    if at is None:
        return None
    begin = entry(lines, at, first_service)
    at = next((i for i in range(at, len(lines)) if re.search(last_mark, lines[i])), None)
    if begin is None or at is None:
        return None
    last = entry(lines, at, last_service)
    end = leave(lines, last, last_service) if last is not None else None
    return renumbered(lines[begin:end + 1]) if end is not None else None


def renumbered(lines):
    threads, irps, result = {}, {}, []
    for line in lines:
        match = re.match(r"(\S+) +#(\d+) +(?:irp (\d+))? *(.*)$", line)
        room, thread, irp, text = match.groups()
        thread = threads.setdefault(thread, len(threads) + 1)
        if irp is not None:
            irp = f"irp {irps.setdefault(irp, len(irps) + 1)}"
        result.append(f"{room:<5} #{thread:<2} {irp or '':<6} {text}".rstrip())
    return result


class Walks(CoveTest):
    def walk(self, driver_name, argument, *sections):
        """Runs the program until its sections are in the trace; compares each with its file."""
        machine = "walk-" + argument
        self.boot(machine, driver(driver_name))
        trace = Trace(self, machine)
        found = {}

        def complete():
            # The first runs may come before the tracer listens.
            self.good("exec", "-m", machine, program("walk"), argument)
            for name, *marks in sections:
                found[name] = wait_until(lambda: section(list(trace.lines), *marks), 0.5)
            return all(found.values())

        wait_until(complete, 20)
        trace.stop()
        self.good("shutdown", machine)
        for name, lines in found.items():
            with self.subTest(walk=name):
                self.assertIsNotNone(lines, "\n".join(trace.lines[-60:]))
                self.compare(name, lines)

    def compare(self, name, lines):
        path = os.path.join(HERE, name)
        text = "\n".join(lines) + "\n"
        if UPDATE:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        with open(path, encoding="utf-8") as file:
            self.maxDiff = None
            self.assertMultiLineEqual(text, file.read())

    def test_ioctl(self):
        self.walk("wdm1", "ioctl",
                  ("ioctl.txt", "checked", "NtDeviceIoControlFile", "checked",
                   "NtDeviceIoControlFile"),
                  ("create.txt", r"↓ wdm1 +CREATE", "NtCreateFile", r"↓ wdm1 +CLEANUP", "NtClose"))

    def test_pending(self):
        self.walk("pending", "pending",
                  ("pending.txt", "code=0x00222080", "NtDeviceIoControlFile", "code=0x00222084",
                   "NtDeviceIoControlFile"))

    def test_ladder(self):
        """One call through three widths: from the generic thunk to the driver, and back."""
        self.boot("walk-ladder", driver("ladder"))
        trace = Trace(self, "walk-ladder")
        ladder = os.path.join(BUILD, "ladder", "ladder.exe")

        def walk():
            done = self.cove("exec", "-m", "walk-ladder", ladder)
            if done.returncode == 126:
                self.skipTest(done.stderr.strip())
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            return wait_until(climb, 0.5)

        def climb():
            lines = list(trace.lines)
            first = next((i for i, line in enumerate(lines) if "parameters=3 flat=1" in line), None)
            last = next((i for i, line in enumerate(lines) if first is not None and i > first
                         and line.endswith("16 ← 32")), None)
            if last is None:
                return None
            thread = lines[first].split()[1]
            return renumbered([line for line in lines[first:last + 1] if line.split()[1] == thread])

        lines = wait_until(walk, 20)
        trace.stop()
        self.good("shutdown", "walk-ladder")
        self.assertTrue(lines, "\n".join(trace.lines[-60:]))
        self.compare("ladder.txt", lines)

    def plugged(self, trace, verb, mark, last):
        """What the thread of the PnP manager does when a toy is plugged in or pulled out: from the
        bus's answer before the first `mark` to the answer behind `last`."""
        first = len(trace.lines)

        def walk():
            new = trace.lines[first:]
            thread = next((re.match(r"io +#(\d+)", line).group(1) for line in new
                           if re.search(r"↓ toybus +PNP", line)), None)
            # A file that the program closes meanwhile may end here: that is another story.
            closes = {line.split()[3] for line in new
                      if re.search("irp .* built +CL(OSE|EANUP)", line)}
            own = [line for line in new if re.match(rf"io +#{thread} ", line)
                   and not (" irp " in line and line.split()[3] in closes)]
            places = []
            for pattern in mark, last, "↑ toybus|unloaded":
                places.append(next((i for i, line in enumerate(own)
                                    if i >= (places or [0])[-1] and re.search(pattern, line)), None))
                if places[-1] is None:
                    return None
            begin = max((i for i in range(places[0])
                         if re.search("↓ toybus +PNP QUERY_DEVICE_RELATIONS", own[i])), default=0)
            return own[begin:places[-1] + 1]

        self.good("exec", "-m", "walk-plug", program("toybustest"), verb, "7")
        self.assertTrue(wait_until(walk, 20), "\n".join(trace.lines[first:]))
        self.good("devcon", "-m", "walk-plug", "rescan") # nothing is under way any more
        return renumbered(walk())

    def test_plug(self):
        """A device from its bus to the start of its stack, and away again."""
        self.good("boot", "walk-plug")
        self.good("devcon", "-m", "walk-plug", "install",
                  os.path.join(EXAMPLE_DRIVERS, "toybus.inf"), r"root\toybus")
        self.good("pnputil", "-m", "walk-plug", "/add-driver",
                  os.path.join(EXAMPLE_DRIVERS, "toy.inf"))
        # The package is installed for the first one; then until the tracer listens.
        trace = Trace(self, "walk-plug")

        def listens():
            for verb in "plug", "unplug":
                self.good("exec", "-m", "walk-plug", program("toybustest"), verb, "7")
                self.good("devcon", "-m", "walk-plug", "rescan")
            return any("driver unloaded" in line for line in trace.lines)

        wait_until(listens, 20)
        found = {
            "start.txt": self.plugged(trace, "plug", r"↓ toybus +PNP QUERY_ID",
                                      r"↓ afterthought +PNP QUERY_DEVICE_RELATIONS"),
            "surprise.txt": self.plugged(trace, "pull", r"↓ afterthought +PNP SURPRISE_REMOVAL",
                                         r"driver unloaded afterthought"),
        }
        trace.stop()
        self.good("shutdown", "walk-plug")
        for name, lines in found.items():
            with self.subTest(walk=name):
                self.compare(name, lines)

    def test_debug_print(self):
        """The example's listing, with nothing left out and nothing between."""
        done = self.good("run", driver("wdm1"), "--", program("wdm1test"))
        lines = [line for line in done.stderr.splitlines() if line.startswith("dbg| ")]
        self.compare("wdm1.log", lines)

    def test_hello(self):
        """The first steps of the example hello: installed by devcon, read in the log."""
        inf = os.path.join(EXAMPLE_DRIVERS, "KmdfHelloWorld.inf")
        self.good("boot", "hello")
        done = self.good("devcon", "-m", "hello", "install", inf, r"root\kmdfhelloworld")
        self.assertIn("Drivers installed successfully.", done.stdout)
        log = Log(self, "hello")
        done = self.good("devcon", "-m", "hello", "status", r"root\kmdfhelloworld")
        self.assertIn("Driver is running.", done.stdout)
        done = self.good("devcon", "-m", "hello", "remove", r"root\kmdfhelloworld")
        self.assertIn("1 device(s) were removed.", done.stdout)
        wait_until(lambda: log.said("EvtDeviceAdd"))
        log.stop()
        self.good("shutdown", "hello")
        self.compare("hello.log", [line for line in log.lines if "KmdfHelloWorld:" in line])

    def test_driver_prints_only_there(self):
        done = self.good("run", "--quiet", driver("wdm1"), "--", program("wdm1test"))
        self.assertEqual(done.stderr, "")
        self.assertNotIn("Wdm1:", done.stdout)


class Pages(unittest.TestCase):
    """docs/walks/*.md: a code block behind <!-- FILE --> is the golden file of that name."""

    def test_quotes(self):
        quotes = 0
        for page in os.listdir(DOCS):
            if not page.endswith(".md"):
                continue
            with open(os.path.join(DOCS, page), encoding="utf-8") as file:
                text = file.read()
            for name, quoted in re.findall(r"<!-- golden: tests/walks/(\S+) -->\n```\n(.*?)```\n",
                                           text, re.S):
                quotes += 1
                with self.subTest(page=page, name=name):
                    with open(os.path.join(HERE, name), encoding="utf-8") as file:
                        self.assertMultiLineEqual(quoted, file.read())
        self.assertGreater(quotes, 0)

    def test_names_are_there(self):
        """Every `file.c` and `function` that a page names in backquotes is in the source."""
        root = os.path.join(HERE, "..", "..")
        sources = {}
        for folder, _, files in os.walk(os.path.join(root, "src")):
            for name in files:
                if name.endswith((".c", ".h", ".S")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8", errors="replace") as file:
                        sources[os.path.relpath(path, root)] = file.read()
        everything = "\n".join(sources.values())
        for page in os.listdir(DOCS):
            if not page.endswith(".md"):
                continue
            with open(os.path.join(DOCS, page), encoding="utf-8") as file:
                text = re.sub(r"```.*?```", "", file.read(), flags=re.S)
            for word in set(re.findall(r"`([^`\n]+)`", text)):
                with self.subTest(page=page, word=word):
                    if re.fullmatch(r"src/[\w/.]+\.[chS]", word):
                        self.assertIn(word, sources)
                    elif re.fullmatch(r"[a-z]\w*_\w+", word):
                        self.assertRegex(everything, rf"\b{word}\b")


if __name__ == "__main__":
    unittest.main()
