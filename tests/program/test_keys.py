# SPDX-License-Identifier: MIT
"""Keys and signals that reach a program from its terminal."""
import os
import pty
import signal
import subprocess
import unittest

from kit import CoveTest, driver, program


class Keys(CoveTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cove("boot", "keys")

    def start(self, argument, **options):
        started = self.program_start("keys", program("keys"), argument, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, text=True, **options)
        self.assertEqual(started.stdout.readline().strip(), "ready")
        return started

    def test_from_within(self):
        done = self.cove("exec", "-m", "keys", program("keys"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all checks passed", done.stdout)

    def test_a_pipe_has_keys(self):
        started = self.start("poll", stdin=subprocess.PIPE)
        for key in "aq":
            started.stdin.write(key)
            started.stdin.flush()
            self.assertEqual(started.stdout.readline().strip(), "key %d" % ord(key))
        self.assertEqual(started.wait(30), 0)
        started.communicate()

    def test_a_terminal_gives_single_keys(self):
        ours, theirs = pty.openpty()
        started = self.start("poll", stdin=theirs)
        for key in "xq":
            os.write(ours, key.encode())
            self.assertEqual(started.stdout.readline().strip(), "key %d" % ord(key))
        self.assertEqual(started.wait(30), 0)
        started.communicate()
        os.close(ours)
        os.close(theirs)

    def test_a_terminal_gives_records(self):
        ours, theirs = pty.openpty()
        started = self.start("events", stdin=theirs)
        self.assertEqual(started.stdout.readline().strip(), "nothing 1")
        for keys, record in (("a", "41 61 0"), ("A", "41 41 10"), ("7", "37 37 0"),
                             ("!", "31 21 10"), ("\r", "d d 0"), ("\x7f", "8 8 0"),
                             ("\t", "9 9 0"), ("\x04", "44 4 8"), ("\x1b", "1b 1b 0"),
                             ("\x1b[A", "26 0 100"), ("\x1b[1;5D", "25 0 108"),
                             ("\x1b[3~", "2e 0 100"), ("\x1bOP", "70 0 0"), ("\x1bx", "58 78 2"),
                             ("\xe9", "e7 e9 0"), ("q", "51 71 0")):
            os.write(ours, keys.encode())
            self.assertEqual(started.stdout.readline().strip(), record, repr(keys))
        os.write(ours, b"k")
        self.assertEqual(started.stdout.readline().strip(), "wait 1 peek 2 2 k read 2 flush 1")
        os.write(ours, b"abc\n")
        self.assertEqual(started.stdout.readline(), "ab c\n")
        self.assertEqual(started.stdout.readline().strip(), "0")
        self.assertEqual(started.wait(30), 0)
        started.communicate()
        os.close(ours)
        os.close(theirs)

    def test_signals_are_events(self):
        for number, event in ((signal.SIGINT, 0), (signal.SIGQUIT, 1)):
            with self.subTest(event=event):
                started = self.start("wait")
                started.send_signal(number)
                self.assertEqual(started.stdout.readline().strip(), "event %d" % event)
                started.send_signal(signal.SIGINT)
                self.assertEqual(started.stdout.readline().strip(), "event 0")
                self.assertEqual(started.wait(30), 0x3a)
                started.communicate()

    def test_closing_ends_it(self):
        started = self.start("wait")
        started.send_signal(signal.SIGTERM)
        self.assertEqual(started.stdout.readline().strip(), "event 2")
        self.assertEqual(started.wait(30), 0x3a)
        started.communicate()

    def test_without_a_handler_it_just_ends(self):
        started = self.start("poll", stdin=subprocess.PIPE)
        started.send_signal(signal.SIGTERM)
        self.assertEqual(started.wait(30), -signal.SIGTERM)
        started.communicate()


if __name__ == "__main__":
    unittest.main()
