/* SPDX-License-Identifier: Apache-2.0 */
/* The probe and its host: commands, edges, clocks, losses; hosts that go away and boards that are reset. */
#include <tests/firmware/bench.h>

#include <string.h>

static void it_introduces_itself_at_boot(void) {
  new_bench();
  CHECK_EQUAL(1, heard.hellos);
  CHECK_EQUAL(1, heard.frames);
  CHECK(heard.hello.wire_major == JM_WIRE_MAJOR && heard.hello.wire_minor == JM_WIRE_MINOR);
  CHECK_EQUAL(2000000, heard.hello.tick_hz);
  CHECK_EQUAL(JM_WIRE_RESET_POWER_ON, heard.hello.reset_cause);
  CHECK_EQUAL(JM_WIRE_IDLE, heard.hello.state);
  CHECK(heard.hello.sensor == JM_WIRE_INA219 && heard.hello.sensor_address == 0x40);
  CHECK(heard.hello.shunt_uohm == 100000 && heard.hello.sensor_config == CONFIG_12_BIT);
  CHECK(heard.hello.channel_count == 2 && heard.hello.line_count == JM_LINE_COUNT);
  CHECK(heard.channels[0].quantity == JM_WIRE_SHUNT_VOLTAGE && heard.channels[0].lsb_nv == 10000);
  CHECK(heard.channels[0].lowest_code == -32000 && heard.channels[0].highest_code == 32000);
  CHECK(heard.channels[1].quantity == JM_WIRE_BUS_VOLTAGE && heard.channels[1].lsb_nv == 4000000);
  CHECK_EQUAL(8000, heard.channels[1].highest_code);
}

static void it_says_hello_when_asked(void) {
  new_bench();
  ear_say(JM_WIRE_ASK_HELLO);
  run_ms(10);
  CHECK_EQUAL(2, heard.hellos);
  CHECK_EQUAL(0, heard.acks);
}

static void start_is_acknowledged_then_comes_status_then_data(void) {
  uint8_t sequence;
  new_bench();
  host_set_level(0, 1);
  ear_forget();
  sequence = ear_say_start(0);
  run_ms(100);
  CHECK(heard.order[0] == JM_WIRE_ACK && heard.order[1] == JM_WIRE_STATUS);
  CHECK(heard.ack.type == JM_WIRE_START && heard.ack.sequence == sequence && heard.ack.outcome == JM_WIRE_OK);
  CHECK_EQUAL(1, heard.status.levels);
  CHECK_EQUAL(0, heard.sample[0].number);
  stop_and_check();
}

static void nothing_comes_after_stop_is_acknowledged_but_status(void) {
  int frames;
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  host_set_level(0, 1);
  stop_and_check();
  CHECK_EQUAL(1, heard.edges);
  frames = heard.frames;
  host_set_level(0, 0);
  run_ms(2000);
  CHECK_EQUAL(frames, heard.frames);
}

static void status_comes_every_second(void) {
  new_sampling_bench(CONFIG_12_BIT, 0);
  heard.statuses = 0;
  run_ms(5000);
  CHECK(heard.statuses >= 4 && heard.statuses <= 6);
  stop_and_check();
}

static void ping_tells_when_it_came_and_when_it_was_answered(void) {
  uint64_t said;
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(30);
  said = host_now();
  ear_say_ping(0xDEADBEEF);
  run_ms(10);
  CHECK_EQUAL(1, heard.pongs);
  CHECK_EQUAL(0xDEADBEEF, heard.pong.token);
  CHECK_EQUAL(said + 12 * 20, jm_wire_ticks_of(heard.pong.received)); /* 12 bytes of 10 us */
  CHECK(jm_wire_ticks_of(heard.pong.replied) >= jm_wire_ticks_of(heard.pong.received));
  CHECK(jm_wire_ticks_of(heard.pong.replied) - jm_wire_ticks_of(heard.pong.received) < 6 * MS);
  stop_and_check();
}

static void edges_keep_line_level_and_time(void) {
  uint64_t times[200];
  int i;
  new_sampling_bench(CONFIG_12_BIT, 0);
  for (i = 0; i < 200; ++i) {
    times[i] = host_now();
    host_set_level((uint8_t)(i / 2 % JM_LINE_COUNT), i % 2 == 0);
    host_run(1 * MS + 37);
    ear_listen();
  }
  stop_and_check();
  CHECK_EQUAL(200, heard.edges);
  for (i = 0; i < heard.edges; ++i) {
    CHECK_EQUAL(i, heard.edge_number[i]);
    CHECK_EQUAL(times[i], jm_wire_ticks_of(heard.edge[i].time));
    CHECK(heard.edge[i].line == i / 2 % JM_LINE_COUNT && heard.edge[i].level == (i % 2 == 0));
  }
}

static void edges_lost_in_a_full_ring_are_counted_and_placed(void) {
  int i, gaps = 0;
  new_sampling_bench(CONFIG_12_BIT, 0);
  for (i = 0; i < 40; ++i)
    host_set_level(2, i % 2 == 0); /* faster than any ring */
  run_ms(20);
  host_set_level(2, 1);
  stop_and_check();
  CHECK_EQUAL(41, heard.status.counts[JM_WIRE_NEXT_EDGE]);
  CHECK_EQUAL(40 - JM_EDGE_SLOTS, heard.status.counts[JM_WIRE_LOST_EDGES]);
  for (i = 1; i < heard.edges; ++i)
    gaps += heard.edge_number[i] != heard.edge_number[i - 1] + 1;
  CHECK_EQUAL(1, gaps);
  CHECK_EQUAL(40, heard.edge_number[heard.edges - 1]);
}

static void lines_not_watched_are_silent(void) {
  jm_wire_configure wanted = settings(CONFIG_12_BIT, 0);
  new_bench();
  wanted.lines = 0x02;
  ear_say_configure(&wanted);
  run_ms(10);
  CHECK_EQUAL(2, heard.hello.watched);
  ear_say_start(0);
  run_ms(10);
  host_set_level(0, 1);
  host_set_level(1, 1);
  stop_and_check();
  CHECK(heard.edges == 1 && heard.edge[0].line == 1);
}

static void a_host_that_goes_away_loses_its_lease_and_may_come_back(void) {
  new_bench();
  ear_say_start(3);
  run_ms(2500);
  ear_say_ping(1); /* keeps it */
  run_ms(2500);
  CHECK_EQUAL(JM_WIRE_SAMPLING, heard.status.state);
  run_ms(2000);
  CHECK_EQUAL(JM_WIRE_IDLE, heard.status.state);
  ear_forget();
  run_ms(1000);
  CHECK_EQUAL(0, heard.frames);
  ear_say_start(0);
  run_ms(5000);
  stop_and_check();
  CHECK_EQUAL(0, heard.sample[0].number);
  CHECK(heard.samples > 9000);
}

static void a_host_that_was_not_there_for_a_while_can_tell_what_it_missed(void) {
  uint32_t last;
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  last = heard.sample[heard.samples - 1].number;
  host_run(500 * MS);
  ear_forget();
  ear_say(JM_WIRE_ASK_HELLO);
  run_ms(100);
  CHECK_EQUAL(JM_WIRE_SAMPLING, heard.hello.state);
  CHECK(heard.sample[0].number > last + 900 && heard.sample[0].number < last + 1000);
}

static void start_again_begins_anew(void) {
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  ear_forget();
  ear_say_start(0);
  run_ms(1);
  ear_forget();
  run_ms(100);
  CHECK_EQUAL(0, heard.sample[0].number);
  stop_and_check();
}

static void a_reset_in_the_middle_shows(void) {
  uint16_t boot;
  new_sampling_bench(CONFIG_12_BIT, 0);
  run_ms(100);
  boot = heard.hello.boot;
  host_reset(JM_WIRE_RESET_WATCHDOG);
  ear_forget();
  run_ms(100);
  CHECK_EQUAL(1, heard.hellos);
  CHECK_EQUAL(JM_WIRE_RESET_WATCHDOG, heard.hello.reset_cause);
  CHECK(heard.hello.boot != boot);
  CHECK_EQUAL(JM_WIRE_IDLE, heard.hello.state);
  CHECK_EQUAL(0, heard.samples);
  ear_say_start(0);
  run_ms(100);
  stop_and_check();
}

static void settings_that_make_no_sense_are_refused(void) {
  static const uint16_t k_configs[] = {0x399C, 0x399E, 0xB99D, 0x799D,
                                       0x3807}; /* modes, reset bit, fast both */
  jm_wire_configure wanted = settings(CONFIG_12_BIT, 0);
  unsigned i;
  new_bench();
  for (i = 0; i < 5 + 3; ++i) {
    wanted = settings(i < 5 ? k_configs[i] : CONFIG_12_BIT, 0);
    if (i == 5) wanted.shunt_uohm = 0;
    if (i == 6) wanted.lines = 0x80;
    if (i == 7) wanted.sensor_address = 0x50;
    ear_say_configure(&wanted);
    run_ms(10);
    CHECK_EQUAL(JM_WIRE_BAD_VALUE, heard.ack.outcome);
    CHECK_EQUAL((int)i + 1, heard.acks);
  }
  CHECK_EQUAL(1, heard.hellos);
  ear_say(JM_WIRE_ASK_HELLO);
  run_ms(10);
  CHECK_EQUAL(CONFIG_12_BIT, heard.hello.sensor_config);
}

static void settings_stay_as_they_are_while_sampling(void) {
  const jm_wire_configure wanted = settings(0x3FFD, 0);
  new_sampling_bench(CONFIG_12_BIT, 0);
  ear_say_configure(&wanted);
  run_ms(10);
  CHECK_EQUAL(JM_WIRE_NOT_NOW, heard.ack.outcome);
  stop_and_check();
}

static void settings_kept_outlive_a_reset_and_others_do_not(void) {
  jm_wire_configure wanted = settings(0x3FFD, 7);
  new_bench();
  wanted.shunt_uohm = 99700;
  wanted.keep = 1;
  ear_say_configure(&wanted);
  run_ms(10);
  wanted.shunt_uohm = 12345;
  wanted.keep = 0;
  ear_say_configure(&wanted);
  run_ms(10);
  CHECK_EQUAL(12345, heard.hello.shunt_uohm);
  host_reset(JM_WIRE_RESET_EXTERNAL);
  ear_forget();
  run_ms(10);
  CHECK(heard.hello.shunt_uohm == 99700 && heard.hello.sensor_config == 0x3FFD && heard.hello.bus_every == 7);
}

static void what_it_does_not_know_is_said(void) {
  static const uint8_t k_other_probe = JM_WIRE_SAMPLES;
  new_bench();
  ear_say(0x33);
  run_ms(10);
  CHECK(heard.ack.type == 0x33 && heard.ack.outcome == JM_WIRE_UNKNOWN_COMMAND);
  ear_say(JM_WIRE_CONFIGURE); /* without what belongs to it */
  run_ms(10);
  CHECK(heard.ack.type == JM_WIRE_CONFIGURE && heard.ack.outcome == JM_WIRE_BAD_VALUE);
  ear_say(k_other_probe);
  run_ms(10);
  CHECK_EQUAL(2, heard.acks);
}

static void noise_on_the_line_is_counted_and_forgotten(void) {
  static const uint8_t k_noise[] = {0, 1, 2, 3, 0, 200, 9, 0, 5, 5, 5, 5, 5, 5, 5, 5, 0};
  new_sampling_bench(CONFIG_12_BIT, 0);
  host_hear(k_noise, sizeof k_noise);
  ear_say_ping(7);
  run_ms(20);
  CHECK_EQUAL(1, heard.pongs);
  stop_and_check();
  CHECK_EQUAL(3, heard.status.counts[JM_WIRE_SERIAL_ERRORS]);
}

static void commands_in_a_row_are_all_answered(void) {
  new_bench();
  ear_say(JM_WIRE_STOP);
  ear_say_ping(1);
  ear_say(0x44);
  ear_say(JM_WIRE_ASK_HELLO);
  run_ms(20);
  CHECK_EQUAL(2, heard.acks);
  CHECK_EQUAL(1, heard.pongs);
  CHECK_EQUAL(2, heard.hellos);
}

static void time_goes_on_over_the_wrap_of_32_bits(void) {
  int i;
  new_bench();
  host_set_clock(0x7FFFFFFFu);
  host_run(MS);
  host_set_clock(0xFFFF0000u);
  host_run(MS);
  ear_forget();
  ear_say_start(0);
  run_ms(100);
  host_set_level(0, 1);
  run_ms(1);
  stop_and_check();
  for (i = 1; i < heard.samples; ++i)
    CHECK(heard.sample[i].time - heard.sample[i - 1].time < 2 * MS);
  CHECK(heard.sample[heard.samples - 1].time > 0x100000000u);
  CHECK(jm_wire_ticks_of(heard.edge[0].time) > 0x100000000u &&
        jm_wire_ticks_of(heard.edge[0].time) < host_now());
}

static const check_test k_tests[] = {
    CHECK_TEST(it_introduces_itself_at_boot),
    CHECK_TEST(it_says_hello_when_asked),
    CHECK_TEST(start_is_acknowledged_then_comes_status_then_data),
    CHECK_TEST(nothing_comes_after_stop_is_acknowledged_but_status),
    CHECK_TEST(status_comes_every_second),
    CHECK_TEST(ping_tells_when_it_came_and_when_it_was_answered),
    CHECK_TEST(edges_keep_line_level_and_time),
    CHECK_TEST(edges_lost_in_a_full_ring_are_counted_and_placed),
    CHECK_TEST(lines_not_watched_are_silent),
    CHECK_TEST(a_host_that_goes_away_loses_its_lease_and_may_come_back),
    CHECK_TEST(a_host_that_was_not_there_for_a_while_can_tell_what_it_missed),
    CHECK_TEST(start_again_begins_anew),
    CHECK_TEST(a_reset_in_the_middle_shows),
    CHECK_TEST(settings_that_make_no_sense_are_refused),
    CHECK_TEST(settings_stay_as_they_are_while_sampling),
    CHECK_TEST(settings_kept_outlive_a_reset_and_others_do_not),
    CHECK_TEST(what_it_does_not_know_is_said),
    CHECK_TEST(noise_on_the_line_is_counted_and_forgotten),
    CHECK_TEST(commands_in_a_row_are_all_answered),
    CHECK_TEST(time_goes_on_over_the_wrap_of_32_bits),
};
CHECK_MAIN(k_tests)
