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
