# SPDX-License-Identifier: Apache-2.0
"""Values put into an INA219's registers come back through the kernel's I2C stack, with their sign, scale and rate."""
import json
import pathlib

import modules
from i2c import BUS, CONFIGURATION, OVERFLOW, READY, I2cTest, Stub, delete_device, new_device

STATED = ("--option", "shunt=0.1")
VALUES = ((-2.5e-3, 12, 0.1), (39.99e-3, 5, 1), (-10e-6, 0.004, 10))  # across the shunt, of the bus; the shunt


class StubTest(I2cTest):
    def setUp(self):
        super().setUp()
        self.stub = Stub().open_node()
        self.addCleanup(self.stub.close)
        self.uri = f"i2c:{self.stub.node}"

    def bind(self):
        """Gives the registers to the kernel's ina2xx-adc."""
        modules.load("ina2xx-adc")
        new_device(self.stub.number)
        self.addCleanup(delete_device, self.stub.number)

    def values_come_back(self, uri, values):
        for shunt_v, bus_v, shunt_ohm in values:
            with self.subTest(shunt_v=shunt_v):
                self.stub.measure(shunt_v, bus_v)
                capture, _ = self.record(uri, "--option", f"shunt={shunt_ohm}")
                total = self.report(capture)["total"]
                self.assert_close(total["mean_current_a"], shunt_v / shunt_ohm, 1e-6, "current")
                self.assert_close(total["mean_power_w"], bus_v * shunt_v / shunt_ohm, 1e-6, "power")


class BothWays(StubTest):
    smoke, full = True, False

    def test_a_negative_current_comes_back_by_i2c_and_by_the_kernels_driver(self):
        self.values_come_back(self.uri, VALUES[:1])
        self.bind()
        self.values_come_back("iio:ina219", VALUES[:1])


class Registers(StubTest):
    def test_values_come_back_with_their_sign_and_scale(self):
        self.values_come_back(self.uri, VALUES)

    def test_the_rate_is_that_of_the_conversions_and_what_is_not_known_is_said(self):
        """The voltage is stated, so that nothing else is measured in between: however late this machine reads, samples and
        missed conversions make up the recorded time."""
        self.stub.measure(10e-3, 3.3)
        capture, done = self.record(self.uri, *STATED, "--option", "adc=8x", "--option", "voltage=3.3", duration="4s")
        figures = self.report(capture)["capture"]
        self.run_cli("verify", capture)
        told = self.metadata(capture)
        self.assertEqual(told["instrument.shunt_conversion_basis"], "specified")
        self.assert_close(float(told["instrument.shunt_conversion_s"]), 4.26e-3, 1e-3, "time of a conversion")
        self.assertAlmostEqual(figures["duration_s"], 4, delta=0.05)
        conversions = figures["samples"] + figures["lost_samples"]
        self.assert_close(conversions / figures["duration_s"], 1 / 4.26e-3, 5e-3, "conversions a second")
        self.assert_close(figures["sample_rate_hz"], figures["samples"] / figures["duration_s"], 1e-6, "achieved rate")
        print(f"{figures['sample_rate_hz']:.1f} of {1 / 4.26e-3:.1f} Hz reached, {figures['lost_samples']} missed")
        self.assertIn("conversion-ready flag does not work", done.stderr)
        self.assertIn("protocol", self.anomalies(capture))

    def test_a_value_beyond_the_range_is_marked_as_clipped(self):
        self.stub.measure(40e-3, 3.3)
        capture, _ = self.record(self.uri, *STATED)
        self.assertIn("clipped", self.anomalies(capture))
        capture, _ = self.record(self.uri, *STATED, "--option", "max_current=800mA")
        self.assertNotIn("clipped", self.anomalies(capture))

    def test_an_overflow_of_the_chips_arithmetic_is_told(self):
        self.stub.set(BUS, 825 << 3 | READY | OVERFLOW)
        capture, _ = self.record(self.uri, *STATED)
        self.assertIn("over_range", self.anomalies(capture))

    def test_it_is_configured_as_asked_and_left_as_found(self):
        self.stub.set(CONFIGURATION, 0x3EEF)
        capture, _ = self.record(self.uri, *STATED, "--option", "max_current=1A", "--option", "adc=4x")
        self.assertIn("0x1555", self.run_cli("info", capture, "--json").stdout)  # 16 V, 160 mV, 4 samples each, shunt continuously
        self.assertEqual(self.stub.get(CONFIGURATION), 0x3EEF)

    def test_devices_lists_it(self):
        listed = json.loads(self.run_cli("devices", "--json").stdout)["devices"]
        mine = [device for device in listed if device["uri"].startswith(self.uri)]
        self.assertEqual([(device["uri"], device["usable"]) for device in mine], [(f"{self.uri}?addr=0x40", True)])

    def test_a_wrong_address_is_3_and_names_the_right_one(self):
        _, done = self.record(self.uri, "--option", "addr=0x45", expect=3)
        self.assertIn("0x45", done.stderr)
        self.assertIn("there is one at 0x40", done.stderr)

    def test_what_is_no_ina219_is_3(self):
        self.stub.set(BUS, 0xFFFF)
        _, done = self.record(self.uri, expect=3)
        self.assertIn("no INA219", done.stderr)

    def test_no_permission_is_4_and_says_what_to_do(self):
        _, done = self.record(self.uri, expect=4, user="nobody")
        self.assertIn("usermod -aG i2c", done.stderr)

    def test_a_second_recording_of_it_is_4(self):
        self.start_recording(self.uri)
        _, done = self.record(self.uri, expect=4)
        self.assertIn("another process", done.stderr)

    def test_without_i2c_dev_it_is_3_and_says_what_to_load(self):
        modules.unload("i2c_dev")
        _, done = self.record(self.uri, expect=3)
        self.assertIn("modprobe i2c-dev", done.stderr)
        listed = json.loads(self.run_cli("devices", "--json").stdout)["devices"]
        mine = next(device for device in listed if device["uri"] == self.uri)
        self.assertFalse(mine["usable"])
        self.assertIn("modprobe i2c-dev", mine["advice"])

    def test_another_number_is_3_and_says_which_there_are(self):
        _, done = self.record("i2c:/dev/i2c-77", expect=3)
        self.assertIn(self.stub.node, done.stderr)


class Kernel(StubTest):
    """The same registers through the kernel's ina2xx-adc."""

    def test_values_come_back_with_their_sign_and_scale(self):
        self.bind()
        self.values_come_back("iio:ina219", VALUES)

    def test_the_rate_is_what_the_kernel_reaches(self):
        """Its thread reads every (period - 200 us), sleeping up to half as long again."""
        self.bind()
        self.stub.measure(10e-3, 3.3)
        capture, done = self.record("iio:ina219", *STATED, "--option", "adc=8x", duration="4s")
        report = self.report(capture)
        self.run_cli("verify", capture)
        taken = report["capture"]["samples"]
        self.assertGreater(taken / 4, 0.8 / (1.5 * (2 * 4.26e-3 - 200e-6)))
        self.assertLess(taken / 4, 1.02 / (2 * 4.26e-3 - 200e-6))
        self.assertAlmostEqual(report["capture"]["duration_s"], 4, delta=0.05)

    def test_the_kernels_default_shunt_is_not_believed(self):
        self.bind()
        self.stub.measure(10e-3, 3.3)
        capture, done = self.record("iio:ina219")
        self.assertIn("0.1", done.stderr)
        self.assertIn("assumed", done.stderr)
        self.assert_close(self.report(capture)["total"]["mean_current_a"], 0.1, 1e-6, "current")
        attribute("in_shunt_resistor").write_text("0.5")
        capture, done = self.record("iio:ina219")
        self.assertNotIn("assumed", done.stderr)
        self.assert_close(self.report(capture)["total"]["mean_current_a"], 0.02, 1e-6, "current")

    def test_its_attributes_are_left_as_found(self):
        self.bind()
        before = attributes()
        self.record("iio:ina219", *STATED, "--option", "adc=2x", "--option", "max_current=1A")
        self.assertEqual(attributes(), before)

    def test_a_bound_chip_is_refused_over_i2c(self):
        self.bind()
        _, done = self.record(f"i2c:{self.stub.node}", expect=4)
        self.assertIn("ina2xx-adc", done.stderr)
        self.assertIn("iio:", done.stderr)

    def test_devices_lists_it(self):
        self.bind()
        listed = json.loads(self.run_cli("devices", "--json").stdout)["devices"]
        self.assertIn(("iio:ina219", True), [(device["uri"], device["usable"]) for device in listed])

    def test_no_permission_is_4_and_says_what_to_do(self):
        self.bind()
        _, done = self.record("iio:ina219", expect=4, user="nobody")
        self.assertIn("70-joulemark-ina219.rules", done.stderr)

    def test_without_its_driver_it_is_3_and_says_what_to_load(self):
        new_device(self.stub.number)
        self.addCleanup(delete_device, self.stub.number)
        _, done = self.record("iio:ina219", expect=3)
        self.assertIn("modprobe ina2xx-adc", done.stderr)
        listed = json.loads(self.run_cli("devices", "--json").stdout)["devices"]
        mine = next(device for device in listed if device["uri"] == "iio:ina219")
        self.assertFalse(mine["usable"])
        self.assertIn("modprobe ina2xx-adc", mine["advice"])

    def test_without_anything_it_is_3(self):
        _, done = self.record("iio:ina219", expect=3)
        self.assertIn("new_device", done.stderr)


def attribute(name):
    return next(pathlib.Path("/sys/bus/iio/devices").glob("iio:device*")) / name


def attributes():
    """Every setting of the device as text."""
    names = ("in_voltage0_integration_time", "in_voltage1_integration_time", "in_voltage0_hardwaregain",
             "in_voltage1_hardwaregain", "in_allow_async_readout", "in_shunt_resistor", "current_timestamp_clock",
             "scan_elements/in_voltage0_en", "scan_elements/in_power2_en", "scan_elements/in_timestamp_en",
             "buffer/enable", "buffer/length")
    return {name: attribute(name).read_text() for name in names}
