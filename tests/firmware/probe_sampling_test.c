/* SPDX-License-Identifier: Apache-2.0 */
/* The probe on a fake board with a fake INA219: every conversion once, whatever the sensor and the bus do. */
#include <tests/firmware/bench.h>

static void every_conversion_is_read_once(void) {
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(2000);
  stop_and_check();
  CHECK_EQUAL(0, check_samples());
  CHECK(heard.samples >= 3758 &&
        heard.samples <= 3860); /* 1 s / 532 us, for 2 s and what START and STOP add */
  CHECK_EQUAL(532000, heard.conversion_ns[0]);
  CHECK_EQUAL(CONFIG_12_BIT, fake_ina219_config());
}

static void a_slow_chip_is_read_once_too(void) { /* 586 us, the data sheet's longest */
  new_sampling_bench(CONFIG_12_BIT, 0);
  fake_ina219_slow_down(110);
  run_ms(1000);
  stop_and_check();
  CHECK_EQUAL(0, check_samples());
}

static void conversions_faster_than_the_bus_are_skipped_never_doubled(void) {
  new_sampling_bench(0x3805, 0); /* 9 bits, 84 us */
  run_ms(500);
  stop_and_check();
  CHECK(check_samples() > 1000);
  CHECK(heard.samples > 800);
  CHECK_EQUAL(84 * 2 + JM_I2C_READ_TICKS / 4, heard.channels[0].lag_ticks);
}

static void averaged_conversions_last_their_time(void) {
  new_sampling_bench(0x3FFD, 0); /* 128 samples, 68.1 ms */
  run_ms(2000);
  stop_and_check();
  CHECK_EQUAL(0, check_samples());
  CHECK(heard.samples >= 29 && heard.samples <= 30);
  CHECK_EQUAL(68096000, heard.conversion_ns[0]); /* 128 x 532 us; the sheet rounds it to 68.10 ms */
}

static void both_are_read_together(void) {
  int i;
  new_sampling_bench(0x399F, 0);
  run_ms(1000);
  stop_and_check();
  CHECK_EQUAL(0, check_samples());
  CHECK(heard.samples >= 938 && heard.samples <= 990);
  for (i = 0; i < heard.samples; ++i) {
    CHECK_EQUAL(3, heard.sample[i].channels);
    CHECK_EQUAL(heard.sample[i].shunt, heard.sample[i].bus); /* of one conversion */
  }
}

static void bus_voltage_comes_at_intervals(void) {
  int i, last_bus = -1, buses = 0;
  new_sampling_bench(CONFIG_12_BIT, 100);
  run_ms(1000);
  stop_and_check();
  (void)check_samples();
  for (i = 0; i < heard.samples; ++i) {
    if (heard.sample[i].channels != 2) continue;
    if (last_bus >= 0) CHECK_EQUAL(101, i - last_bus);
    if (last_bus < 0) CHECK_EQUAL(1, i); /* a recording may be shorter than the interval */
    CHECK(heard.sample[i].time - fake_ina219_ended((uint32_t)heard.sample[i].bus) <= JM_I2C_READ_TICKS);
    last_bus = i;
    ++buses;
  }
  CHECK(buses >= 17 && buses <= 19);
}

/* From the end of the conversion before to the start of the one after: the bus conversion and two writes. */
static void a_bus_voltage_takes_little_more_than_its_own_conversion_from_the_shunt(void) {
  int i, buses = 0;
  new_sampling_bench(CONFIG_12_BIT, 37);
  run_ms(1000);
  stop_and_check();
  (void)check_samples();
  for (i = 1; i + 1 < heard.samples; ++i) {
    uint64_t unobserved;
    if (heard.sample[i].channels != 2) continue;
    unobserved = fake_ina219_ended((uint32_t)heard.sample[i + 1].shunt) - 532 * 2 -
                 fake_ina219_ended((uint32_t)heard.sample[i - 1].shunt);
    CHECK(unobserved >= 532 * 2 && unobserved < (532 + 450) * 2);
    ++buses;
  }
  CHECK(buses > 40);
}

static int bus_records(void) {
  int i, buses = 0;
  for (i = 0; i < heard.samples; ++i)
    buses += heard.sample[i].channels == 2;
  return buses;
}

/* Conversions that take too long have the configuration read back; at any place between two bus voltages. */
static void a_bus_voltage_is_owed_until_it_was_read(void) {
  unsigned delay;
  for (delay = 0; delay < 24; ++delay) {
    new_sampling_bench(CONFIG_12_BIT, 20);
    run_ms(30);
    host_run(delay * MS / 2);
    fake_ina219_slow_down(300);
    host_run(4 * MS);
    fake_ina219_slow_down(100);
    run_ms(200);
    stop_and_check();
    CHECK(bus_records() >= 17); /* one every 11.7 ms */
  }
}

static void a_bus_voltage_after_a_sensor_was_away_is_read_at_once(void) {
  int before;
  new_sampling_bench(CONFIG_12_BIT, 1000);
  before = bus_records();
  fake_ina219_set_present(0);
  run_ms(100);
  fake_ina219_set_present(1);
  run_ms(50);
  CHECK_EQUAL(before + 1, bus_records());
  stop_and_check();
}

/* Nor is the configuration read back for one alone, which would take the time of another. */
static void a_conversion_that_is_missed_costs_no_other(void) {
  unsigned delay;
  for (delay = 0; delay < 11; ++delay) {
    const ear_sample* last;
    new_sampling_bench(CONFIG_12_BIT, 0);
    run_ms(20);
    host_run(delay * MS / 20);
    host_i2c_stall(1);
    host_run(MS * 7 / 10);
    host_i2c_stall(0);
    run_ms(50);
    stop_and_check();
    last = &heard.sample[heard.samples - 1];
    CHECK_EQUAL(heard.samples, last->shunt - heard.sample[0].shunt); /* codes count up by one */
  }
}

static void a_transfer_that_is_not_acknowledged_is_done_again(void) {
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  fake_ina219_nack(2);
  run_ms(100);
  stop_and_check();
  CHECK(check_samples() <= 2);
  CHECK_EQUAL(2, heard.status.counts[JM_WIRE_I2C_ERRORS]);
  CHECK_EQUAL(0, heard.status.counts[JM_WIRE_SENSOR_LOSSES]);
}

static void a_sensor_that_disappears_is_told_and_taken_up_again(void) {
  int before;
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  fake_ina219_set_present(0);
  run_ms(100);
  before = heard.samples;
  CHECK_EQUAL(JM_WIRE_SENSOR_LOST, heard.status.state);
  host_set_level(0, 1);
  run_ms(20);
  CHECK_EQUAL(1, heard.edges); /* markers go on */
  CHECK_EQUAL(before, heard.samples);
  fake_ina219_set_present(1);
  run_ms(50);
  CHECK_EQUAL(JM_WIRE_SAMPLING, heard.status.state);
  CHECK_EQUAL(CONFIG_12_BIT, fake_ina219_config());
  stop_and_check();
  (void)check_samples();
  CHECK(heard.samples > before + 40);
  CHECK_EQUAL(1, heard.status.counts[JM_WIRE_SENSOR_LOSSES]);
}

static void without_a_sensor_the_state_says_so(void) {
  new_bench();
  fake_ina219_set_present(0);
  ear_say_start(0);
  run_ms(50);
  CHECK_EQUAL(JM_WIRE_OK, heard.ack.outcome);
  CHECK_EQUAL(JM_WIRE_SENSOR_LOST, heard.status.state);
  stop_and_check();
}

static void a_bus_that_stands_still_is_cleared(void) {
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  host_i2c_stall(1);
  run_ms(40);
  CHECK_EQUAL(JM_WIRE_SENSOR_LOST, heard.status.state);
  CHECK(host_i2c_recoveries() >= 1);
  host_i2c_stall(0);
  run_ms(60);
  CHECK_EQUAL(JM_WIRE_SAMPLING, heard.status.state);
  stop_and_check();
  (void)check_samples();
  CHECK(heard.status.counts[JM_WIRE_I2C_TIMEOUTS] >= 1);
}

static void stopping_does_not_wait_for_a_bus_that_stands_still(void) {
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  host_i2c_stall(1);
  stop_and_check();
}

static void a_sensor_that_lost_its_settings_gets_them_back(void) {
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  fake_ina219_brown_out();
  run_ms(100);
  CHECK_EQUAL(CONFIG_12_BIT, fake_ina219_config());
  stop_and_check();
  (void)check_samples();
  CHECK_EQUAL(1, heard.status.counts[JM_WIRE_SENSOR_LOSSES]);
}

static void an_averaging_sensor_that_lost_its_settings_gets_them_back(void) {
  new_sampling_bench(0x3FFD, 0);
  run_ms(500);
  fake_ina219_brown_out();
  run_ms(200);
  CHECK_EQUAL(0x3FFD, fake_ina219_config());
  stop_and_check();
  CHECK_EQUAL(1, heard.status.counts[JM_WIRE_SENSOR_LOSSES]);
}

/* As long from sample to sample as with the power-on settings, or twice as long. */
static void lost_settings_show_at_their_own_pace_too(void) {
  static const uint16_t k_configs[] = {0x019F, 0x39CD, 0x39D5, 0x1CCF}; /* both; 2x; 4x; both 2x */
  unsigned i;
  for (i = 0; i < sizeof k_configs / sizeof k_configs[0]; ++i) {
    new_sampling_bench(k_configs[i], 0);
    run_ms(1000);
    CHECK_EQUAL(0, check_samples()); /* looking costs no conversion */
    fake_ina219_brown_out();
    run_ms(1000);
    CHECK_EQUAL(k_configs[i], fake_ina219_config());
    run_ms(1000);
    stop_and_check();
    CHECK_EQUAL(1, heard.status.counts[JM_WIRE_SENSOR_LOSSES]);
  }
}

static void a_sensor_that_converts_no_more_is_started_again(void) {
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  fake_ina219_fall_silent();
  run_ms(500);
  stop_and_check();
  CHECK_EQUAL(1, heard.status.counts[JM_WIRE_SENSOR_LOSSES]);
  CHECK(heard.sample[heard.samples - 1].time > host_now() - 100 * MS);
}

static void codes_at_the_end_of_the_range_are_counted(void) {
  int i, at_end = 0;
  new_sampling_bench(0x219D, 0); /* 40 mV: 4000 codes */
  fake_ina219_set_codes_from(3900);
  run_ms(100);
  stop_and_check();
  CHECK_EQUAL(4000, heard.channels[0].highest_code);
  for (i = 0; i < heard.samples; ++i)
    at_end += heard.sample[i].shunt >= 4000;
  CHECK(at_end > 50);
  CHECK_EQUAL(at_end, heard.status.counts[JM_WIRE_OVER_RANGE]);
}

static void samples_lost_in_a_full_ring_are_counted_and_placed(void) {
  uint32_t lost = 0;
  int i;
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  host_serial_hold(1);
  run_ms(100);
  host_serial_hold(0);
  run_ms(100);
  stop_and_check();
  for (i = 1; i < heard.samples; ++i) {
    const uint32_t missing = heard.sample[i].number - heard.sample[i - 1].number - 1;
    CHECK_EQUAL((int)missing, heard.sample[i].shunt - heard.sample[i - 1].shunt - 1);
    lost += missing;
  }
  CHECK(lost > 90);
  CHECK_EQUAL(lost, heard.status.counts[JM_WIRE_LOST_SAMPLES]);
}

static const check_test k_tests[] = {
    CHECK_TEST(every_conversion_is_read_once),
    CHECK_TEST(a_slow_chip_is_read_once_too),
    CHECK_TEST(conversions_faster_than_the_bus_are_skipped_never_doubled),
    CHECK_TEST(averaged_conversions_last_their_time),
    CHECK_TEST(both_are_read_together),
    CHECK_TEST(bus_voltage_comes_at_intervals),
    CHECK_TEST(a_bus_voltage_takes_little_more_than_its_own_conversion_from_the_shunt),
    CHECK_TEST(a_bus_voltage_is_owed_until_it_was_read),
    CHECK_TEST(a_bus_voltage_after_a_sensor_was_away_is_read_at_once),
    CHECK_TEST(a_conversion_that_is_missed_costs_no_other),
    CHECK_TEST(a_transfer_that_is_not_acknowledged_is_done_again),
    CHECK_TEST(a_sensor_that_disappears_is_told_and_taken_up_again),
    CHECK_TEST(without_a_sensor_the_state_says_so),
    CHECK_TEST(a_bus_that_stands_still_is_cleared),
    CHECK_TEST(stopping_does_not_wait_for_a_bus_that_stands_still),
    CHECK_TEST(a_sensor_that_lost_its_settings_gets_them_back),
    CHECK_TEST(an_averaging_sensor_that_lost_its_settings_gets_them_back),
    CHECK_TEST(lost_settings_show_at_their_own_pace_too),
    CHECK_TEST(a_sensor_that_converts_no_more_is_started_again),
    CHECK_TEST(codes_at_the_end_of_the_range_are_counted),
    CHECK_TEST(samples_lost_in_a_full_ring_are_counted_and_placed),
};
CHECK_MAIN(k_tests)
