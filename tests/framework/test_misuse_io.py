# SPDX-License-Identifier: MIT
"""Drivers of the Framework that break a rule about requests and queues: each stops the machine
with WDF_VIOLATION, the kind and the code that the documentation gives it, and says in words what
was wrong."""
import os
import shutil
import unittest

from kit import BUILD, CoveTest

STOPPED = 70
MISUSE = os.path.join(BUILD, "test", "framework", "misuse_io.sys")


class MisuseOfRequests(CoveTest):
    def run_rule(self, rule):
        path = os.path.join(self.folder, rule + ".sys")
        shutil.copyfile(MISUSE, path)
        return self.cove("run", path)

    def violates(self, rule, kind, second, words):
        done = self.run_rule(rule)
        report = done.stderr
        self.assertEqual(done.returncode, STOPPED, report + done.stdout)
        self.assertIn("*** STOP: 0x0000010D WDF_VIOLATION", report)
        self.assertRegex(report, rf"(?m)^ +1 +0x0*{kind:x} ")
        if second is not None:
            self.assertRegex(report, rf"(?m)^ +2 +0x0*{second:x} ")
        self.assertRegex(report, rf"wdf01000: {rule}: .*{words}")

    def test_nothing(self):
        done = self.run_rule("nothing")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_completion(self):
        self.violates("completed_twice", 6, 2, "completed a second time")
        self.violates("completed_while_cancelable", 3, None, "completed while it is cancelable")
        self.violates("completed_with_memory_held", 3, None, "its memory is still referenced")
        self.violates("completed_own", 6, 2, "the driver made it itself")

    def test_after_the_end(self):
        self.violates("parameters_after_the_end", 6, 2, "has no IRP")
        self.violates("acknowledged_after_the_end", 6, 5, "")

    def test_marked_twice(self):
        self.violates("marked_twice", 6, 5, "cannot be marked cancelable")

    def test_objects_that_are_not_the_drivers(self):
        """Is refused, and said: the request is completed afterwards."""
        for rule in ("deleted_by_driver", "default_queue_deleted"):
            done = self.run_rule(rule)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("the Framework deletes such an object itself", done.stderr)

    def test_told_twice(self):
        self.violates("drained_twice", 0xa, None, "already to be told of")
