# SPDX-License-Identifier: Apache-2.0
"""The help of every verb, found from the help above it."""
import pathlib
import re
import unittest

from harness import BINARY, CliTest

TWIN = pathlib.Path(BINARY).with_name("joulemark-twin")


class Help(CliTest):
    def each(self, *verbs):
        """Words of a command, and its help; then those of the commands below it."""
        text = self.run_cli(*verbs, "--help").stdout
        yield verbs, text
        _, _, below = text.partition("\nSubcommands:\n")
        for name in re.findall(r"^  (\S+)", below.split("\n\n")[0], re.MULTILINE):
            if name != "twin" or TWIN.exists():
                yield from self.each(*verbs, name)

    def test_every_help_fits_eighty_columns_and_names_its_command(self):
        found = []
        for verbs, text in self.each():
            found.append(verbs)
            with self.subTest(verbs=verbs):
                self.assertEqual([line for line in text.splitlines() if len(line) > 80], [])
                self.assertIn(f"Usage: {' '.join(('joulemark', *verbs))} ", text)
        self.assertIn(("emulate", "monsoon"), found)
        self.assertGreaterEqual(len(found), 11)

    def test_every_verb_shows_an_example(self):
        for verbs, text in self.each():
            if verbs:
                self.assertIn(f"Example:\n  joulemark {verbs[0]} ", text)

    def test_every_help_calls_a_value_by_what_it_is(self):
        for verbs, text in self.each():
            options, _, _ = text.partition("\nExample:\n")
            self.assertEqual(re.findall(r"\b(?:TEXT|FLOAT|INT|UINT)\b.*", options), [], verbs)

    @unittest.skipUnless(TWIN.exists(), "no joulemark-twin: no avr-gcc or no libsimavr")
    def test_a_wrong_option_of_the_twin_is_told_as_of_any_command(self):
        done = self.run_cli("emulate", "twin", "--nonsense", expect=2)
        self.assertEqual(done.stderr.splitlines(), [done.stderr.rstrip("\n")])
        self.assertTrue(done.stderr.startswith("joulemark emulate twin: "), done.stderr)
        self.assertIn("joulemark emulate twin --help", done.stderr)


if __name__ == "__main__":
    unittest.main()
