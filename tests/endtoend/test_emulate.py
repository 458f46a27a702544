# SPDX-License-Identifier: Apache-2.0
"""joulemark emulate as a script uses it: wait for its line, work with it, stop it."""
import json
import signal
import socket
import struct
import subprocess
import unittest

from harness import BINARY, CliTest


class EmulateMonsoon(CliTest):
    def start(self, *arguments):
        process = subprocess.Popen([BINARY, "emulate", "monsoon", "--port", "0", *arguments], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        line = process.stdout.readline().strip()
        self.assertRegex(line, r"^listening on 127\.0\.0\.1:\d+$")
        return process, int(line.rpartition(":")[2])

    def stop(self, process, how=signal.SIGTERM):
        process.send_signal(how)
        output, errors = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 0, errors)
        return output

    def attach(self, port):
        client = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.addCleanup(client.close)
        client.sendall(struct.pack(">HHI32s", 0x0111, 0x8003, 0, b"1-1"))
        reply = client.recv(8 + 312, socket.MSG_WAITALL)
        self.assertEqual(struct.unpack(">HHI", reply[:8]), (0x0111, 0x0003, 0))
        return client

    def test_stops_at_once_on_either_signal_with_a_client_attached(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            process, port = self.start()
            self.attach(port)
            self.assertIn("violations 0", self.stop(process, how))

    def test_writes_the_exact_energy_of_a_run_that_it_is_stopped_in(self):
        process, port = self.start("--scenario", "constant:10mA", "--vout", "3.7", "--fault", "start-sampling",
                                   "--truth", "truth.json")
        client = self.attach(port)
        client.sendall(struct.pack(">10I8s", 1, 1, 0x10002, 1, 1, 0, 64 * 100, 0, 0, 0, bytes(8)))
        self.assertEqual(len(client.recv(48 + 64 * 100, socket.MSG_WAITALL)), 48 + 64 * 100)  # 300 slots
        output = self.stop(process)
        truth = json.loads((self.folder / "truth.json").read_text())
        self.assertGreaterEqual(truth["duration_s"], 0.06)
        self.assert_close(truth["energy_j"], 3.7 * 0.01 * truth["duration_s"], 1e-9)
        self.assertIn("runs 1, slots %d," % round(truth["duration_s"] * 5000), output)

    def test_refuses_a_port_in_use_and_what_it_cannot_play(self):
        process, port = self.start()
        taken = self.run_cli("emulate", "monsoon", "--port", port, expect=4)
        self.assertIn(str(port), taken.stderr)
        self.stop(process)
        self.assertIn("square:", self.run_cli("emulate", "monsoon", "--scenario", "rock", expect=2).stderr)
        self.assertIn("drift:PPM", self.run_cli("emulate", "monsoon", "--fault", "rock", expect=2).stderr)
        self.run_cli("emulate", "monsoon", "--queue", 1, expect=2)
        self.run_cli("emulate", "monsoon", "--model", "lvpm", "--vout", 5, expect=2)
        self.run_cli("emulate", expect=2)

    def test_its_help_shows_how_to_attach(self):
        self.assertIn("usbip attach -r 127.0.0.1 -b 1-1", self.run_cli("emulate", "monsoon", "--help").stdout)


if __name__ == "__main__":
    unittest.main()
