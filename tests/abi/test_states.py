# SPDX-License-Identifier: MIT
"""The Framework's tables of states: they hang together, and the page shows all of them."""
import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools/abi"))

import states_page  # noqa: E402

FOLDER = os.path.join(ROOT, "src/drivers/wdf01000/pnp")


class States(unittest.TestCase):
    def tables(self):
        for name, title, _ in states_page.MACHINES:
            yield title, *states_page.read(os.path.join(FOLDER, name + "_states.def"))

    def test_tables(self):
        for title, states, anywhere in self.tables():
            reached = {next(iter(states))} | {row.next for row in anywhere}
            for state in states.values():
                events = [row.event for row in state.rows]
                self.assertEqual(len(events), len(set(events)), f"{title} {state.name}: twice")
                for row in state.rows:
                    self.assertIn(row.next, [*states, "LATER", "IGNORE"],
                                  f"{title} {state.name} on {row.event}")
                    reached.add(row.next)
            self.assertEqual(sorted(set(states) - reached), [], f"{title}: nothing leads there")

    def test_page(self):
        text = states_page.page(FOLDER)
        demanded = 0
        for title, states, anywhere in self.tables():
            rows, by_test, seen = states_page.count(states, anywhere)
            demanded += by_test
            self.assertIn(f"## {title}\n\n{len(states)} states, {rows} transitions: {by_test} "
                          f"demanded by a test, {seen} walked at random", text)
            for state in states.values():
                self.assertIn(f"| {state.name}", text)
        # May only rise.
        self.assertGreaterEqual(demanded, 458)


if __name__ == "__main__":
    unittest.main()
