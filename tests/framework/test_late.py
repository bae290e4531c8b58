# SPDX-License-Identifier: MIT
"""Drivers that take their time, on the simulated ground: minutes pass at once."""
import os
import subprocess
import unittest

DRIVER = os.environ["DRIVER"]
STOPPED = 70


class Late(unittest.TestCase):
    def run_case(self, number):
        """The power manager gives an hour: its own watchdog is not what is tested."""
        return subprocess.run([os.environ["FX_SCHEDULES"], DRIVER, str(number), "1", "3600"],
                              timeout=100, capture_output=True, encoding="utf-8",
                              errors="replace", check=False)

    def passes(self, number):
        done = self.run_case(number)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stderr

    def stops(self, number, state):
        done = self.run_case(number)
        report = done.stderr
        self.assertEqual(done.returncode, STOPPED, report + done.stdout)
        self.assertIn("*** STOP: 0x0000010D WDF_VIOLATION", report)
        self.assertRegex(report, r"(?m)^ +1 +0x0*1 .*")
        self.assertIn("WDF_POWER_ROUTINE_TIMED_OUT", report)
        self.assertRegex(report, r"(?m)^ +2 +0x0*[1-9a-f][0-9a-f]+ ")
        self.assertRegex(report, rf"callback in state {state}, which may not page, has not come "
                                 r"back for 10 minutes")

    def test_code_that_may_page_has_time(self):
        self.passes(1)

    def test_nine_minutes(self):
        self.passes(2)

    def test_eleven_minutes_down(self):
        self.stops(3, "GotoDxIoStopped")

    def test_eleven_minutes_up(self):
        self.stops(4, "Waking")

    def waits(self, number, *seconds):
        """A wait of 100 s speaks when so many of them are over."""
        text = self.passes(number)
        for each in seconds:
            self.assertRegex(text, rf"has waited {each} s for WDFWORKITEM [0-9A-F]+")
        self.assertEqual(text.count("has waited"), len(seconds), text)

    def test_waits_say_so(self):
        self.waits(5, 60)

    def test_time_out_of_waits(self):
        self.waits(6, 30, 60, 90)

    def test_time_out_needs_break_on_error(self):
        self.waits(7, 60)

    def test_no_time_out(self):
        self.waits(8)


if __name__ == "__main__":
    unittest.main()
