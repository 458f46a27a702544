/* SPDX-License-Identifier: Apache-2.0 */
/* Every message goes out and comes back whole; its bytes are the documented ones; short, long and
   contradicting payloads are told apart. */
#include <tests/firmware/check.h>

#include <jm_wire.h>
#include <string.h>

static uint8_t line[JM_WIRE_MAX_ENCODED];
static uint8_t frame[JM_WIRE_MAX_FRAME];
static jm_wire_encoder encoder;
static jm_wire_decoder decoder;

static void begin(uint8_t type) {
  jm_wire_begin(&encoder, line, sizeof line, type, 9);
}

/* Sends what was put since begin() and returns the payload's size; `payload` points at it. */
static const uint8_t* payload;
static size_t sent(void) {
  const uint8_t* at = line;
  size_t size = jm_wire_end(&encoder);
  CHECK(size > 0);
  jm_wire_decoder_init(&decoder, frame, sizeof frame);
  CHECK_EQUAL(JM_WIRE_FRAME, jm_wire_decode(&decoder, &at, &size));
  payload = jm_wire_payload(&decoder);
  return jm_wire_payload_size(&decoder);
}

static void put_example_hello(uint8_t major) {
  jm_wire_hello hello;
  const jm_wire_channel shunt = {JM_WIRE_SHUNT_VOLTAGE, 10000, -32000, 32000, 532000, 300};
  const jm_wire_channel bus = {JM_WIRE_BUS_VOLTAGE, 4000000, 0, 8000, 586000, 301};
  const jm_wire_line captured = {JM_WIRE_LINE_CAPTURED, 1, 0};
  const jm_wire_line interrupt = {JM_WIRE_LINE_INTERRUPT, 40, 21};
  memset(&hello, 0, sizeof hello);
  hello.wire_major = major;
  hello.wire_minor = 7;
  hello.firmware_major = 1, hello.firmware_minor = 2, hello.firmware_patch = 3;
  hello.reset_cause = JM_WIRE_RESET_WATCHDOG;
  hello.boot = 0xBEEF;
  hello.time = jm_wire_time_of(0xA1B2C3D4E5F6u);
  hello.tick_hz = 2000000;
  hello.capabilities = JM_WIRE_CAN_CONFIGURE | JM_WIRE_NEVER_STALE;
  hello.state = JM_WIRE_SENSOR_LOST;
  hello.sensor = JM_WIRE_INA219;
  hello.sensor_address = 0x40;
  hello.sensor_config = 0x399F;
  hello.bus_every = 1000;
  hello.shunt_uohm = 100000;
  hello.watched = 0x8003;
  begin(JM_WIRE_HELLO);
  jm_wire_put_hello(&encoder, &hello);
  jm_wire_put_run(&encoder, 2, JM_WIRE_CHANNEL_BYTES);
  jm_wire_put_channel(&encoder, &shunt);
  jm_wire_put_channel(&encoder, &bus);
  jm_wire_put_run(&encoder, 2, JM_WIRE_LINE_BYTES);
  jm_wire_put_line(&encoder, &captured);
  jm_wire_put_line(&encoder, &interrupt);
  jm_wire_put_name(&encoder, "uno", 3);
}

static void hello_comes_back(void) {
  jm_wire_hello hello;
  jm_wire_channel channel;
  jm_wire_line second;
  size_t size;
  put_example_hello(JM_WIRE_MAJOR);
  size = sent();
  CHECK_EQUAL(35 + 2 + 2 * 15 + 2 + 2 * 5 + 1 + 3, size);
  CHECK(jm_wire_get_hello(payload, size, &hello));
  CHECK(hello.firmware_major == 1 && hello.firmware_minor == 2 && hello.firmware_patch == 3);
  CHECK_EQUAL(JM_WIRE_RESET_WATCHDOG, hello.reset_cause);
  CHECK_EQUAL(0xBEEF, hello.boot);
  CHECK_EQUAL(0xA1B2C3D4E5F6, jm_wire_ticks_of(hello.time));
  CHECK_EQUAL(2000000, hello.tick_hz);
  CHECK_EQUAL(0x09, hello.capabilities);
  CHECK_EQUAL(JM_WIRE_SENSOR_LOST, hello.state);
  CHECK(hello.sensor == JM_WIRE_INA219 && hello.sensor_address == 0x40 && hello.sensor_config == 0x399F);
  CHECK(hello.bus_every == 1000 && hello.shunt_uohm == 100000 && hello.watched == 0x8003);
  CHECK_EQUAL(2, hello.channel_count);
  channel = jm_wire_get_channel(&hello, 0);
  CHECK(channel.quantity == JM_WIRE_SHUNT_VOLTAGE && channel.lsb_nv == 10000);
  CHECK(channel.lowest_code == -32000 && channel.highest_code == 32000);
  CHECK(channel.conversion_ns == 532000 && channel.lag_ticks == 300);
  CHECK_EQUAL(100000, jm_wire_current_lsb_na(&hello, &channel)); /* 10 uV on 0.1 ohm: 100 uA */
  channel = jm_wire_get_channel(&hello, 1);
  CHECK(channel.quantity == JM_WIRE_BUS_VOLTAGE && channel.lsb_nv == 4000000 && channel.highest_code == 8000);
  CHECK_EQUAL(2, hello.line_count);
  second = jm_wire_get_line(&hello, 1);
  CHECK(second.kind == JM_WIRE_LINE_INTERRUPT && second.resolution_ticks == 40 && second.lag_ticks == 21);
  CHECK(hello.name_size == 3 && memcmp(hello.name, "uno", 3) == 0);
}

static void of_another_major_version_only_the_version_is_read(void) {
  jm_wire_hello hello;
  size_t size;
  put_example_hello(JM_WIRE_MAJOR + 1);
  size = sent();
  CHECK(jm_wire_get_hello(payload, size, &hello));
  CHECK(hello.wire_major == JM_WIRE_MAJOR + 1 && hello.wire_minor == 7);
  CHECK(hello.tick_hz == 0 && hello.channel_count == 0);
}

static void a_hello_cut_anywhere_is_refused(void) {
  jm_wire_hello hello;
  size_t size, cut;
  put_example_hello(JM_WIRE_MAJOR);
  size = sent();
  for (cut = 0; cut < size; ++cut)
    CHECK(!jm_wire_get_hello(payload, cut, &hello));
}

static void samples_have_the_documented_bytes(void) {
  static const uint8_t k_expected[] = {
      0x04, 0x03, 0x02, 0x01,             /* first */
      0x10, 0x0F, 0x0E, 0x0D, 0x0C, 0x0B, /* time */
      0x03,                               /* channels 0 and 1 */
      0x20, 0x1E, 0x08, 0x00,             /* 532000 ns */
      0x10, 0xF1, 0x08, 0x00,             /* 586000 ns */
      0x02, 0x06,                         /* two records of six bytes */
      0x28, 0x04, 0xFF, 0xFF, 0x00, 0x7D, /* 1064 ticks, -1, 32000 */
      0xFF, 0xFF, 0x00, 0x80, 0x00, 0x00, /* 65535 ticks, -32768, 0 */
  };
  jm_wire_samples out, in;
  size_t size;
  memset(&out, 0, sizeof out);
  out.first = 0x01020304;
  out.time = jm_wire_time_of(0x0B0C0D0E0F10u);
  out.channels = 3;
  begin(JM_WIRE_SAMPLES);
  jm_wire_put_samples(&encoder, &out);
  jm_wire_put_u32(&encoder, 532000);
  jm_wire_put_u32(&encoder, 586000);
  jm_wire_put_run(&encoder, 2, JM_WIRE_SAMPLE_BYTES(2));
  jm_wire_put_u16(&encoder, 1064);
  jm_wire_put_u16(&encoder, (uint16_t)-1);
  jm_wire_put_u16(&encoder, 32000);
  jm_wire_put_u16(&encoder, 65535);
  jm_wire_put_u16(&encoder, 0x8000);
  jm_wire_put_u16(&encoder, 0);
  size = sent();
  CHECK_EQUAL(sizeof k_expected, size);
  CHECK(memcmp(payload, k_expected, sizeof k_expected) == 0);
  CHECK(jm_wire_get_samples(payload, size, &in));
  CHECK(in.first == out.first && jm_wire_ticks_of(in.time) == 0x0B0C0D0E0F10u && in.channels == 3 &&
        in.count == 2 && in.record_bytes == 6);
  CHECK(in.conversion_ns[0] == 532000 && in.conversion_ns[1] == 586000 && in.conversion_ns[2] == 0);
  CHECK_EQUAL(1064, jm_wire_sample_ticks(&in, 0));
  CHECK_EQUAL(-1, jm_wire_sample_code(&in, 0, 0));
  CHECK_EQUAL(32000, jm_wire_sample_code(&in, 0, 1));
  CHECK_EQUAL(65535, jm_wire_sample_ticks(&in, 1));
  CHECK_EQUAL(-32768, jm_wire_sample_code(&in, 1, 0));
  for (; size > 0; --size)
    CHECK(!jm_wire_get_samples(payload, size - 1, &in));
}

static void a_newer_peer_s_longer_records_and_payloads_are_read(void) {
  /* Records of 7 bytes where 4 are known, and three bytes after them. */
  static const uint8_t k_newer[] = {1,  0, 0,  0, 2,  0,  0,  0,  0, 0,  2, 9,  0,  0,  0,  2,  7,
                                    10, 0, 11, 0, 99, 99, 99, 20, 0, 21, 0, 99, 99, 99, 88, 88, 88};
  jm_wire_samples in;
  CHECK(jm_wire_get_samples(k_newer, sizeof k_newer, &in));
  CHECK(in.channels == 2 && in.conversion_ns[1] == 9 && in.record_bytes == 7);
  CHECK_EQUAL(20, jm_wire_sample_ticks(&in, 1));
  CHECK_EQUAL(21, jm_wire_sample_code(&in, 1, 0));
}

static void samples_that_contradict_themselves_are_refused(void) {
  static const uint8_t k_no_channel[] = {1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2};
  static const uint8_t k_short_records[] = {1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 9, 0, 0, 0, 1, 3, 0, 0, 0};
  jm_wire_samples in;
  CHECK(!jm_wire_get_samples(k_no_channel, sizeof k_no_channel, &in));
  CHECK(!jm_wire_get_samples(k_short_records, sizeof k_short_records, &in));
}

static void edges_come_back_across_a_wrap_of_their_low_bits(void) {
  jm_wire_edges out, in;
  size_t size;
  memset(&out, 0, sizeof out);
  out.first = 77;
  out.time = jm_wire_time_of(0x500000010u);
  begin(JM_WIRE_EDGES);
  jm_wire_put_edges(&encoder, &out);
  jm_wire_put_run(&encoder, 3, JM_WIRE_EDGE_BYTES);
  jm_wire_put_edge(&encoder, 0, 1, 0xFFFFFFF0u); /* before the wrap */
  jm_wire_put_edge(&encoder, 6, 0, 0x00000005u);
  jm_wire_put_edge(&encoder, 127, 1, 0x00000020u);
  size = sent();
  CHECK(jm_wire_get_edges(payload, size, &in));
  CHECK(in.first == 77 && in.count == 3);
  CHECK_EQUAL(0x4FFFFFFF0, jm_wire_ticks_of(jm_wire_get_edge(&in, 0).time));
  CHECK_EQUAL(1, jm_wire_get_edge(&in, 0).level);
  CHECK_EQUAL(0x500000005, jm_wire_ticks_of(jm_wire_get_edge(&in, 1).time));
  CHECK(jm_wire_get_edge(&in, 1).line == 6 && jm_wire_get_edge(&in, 1).level == 0);
  CHECK_EQUAL(0x500000020, jm_wire_ticks_of(jm_wire_get_edge(&in, 2).time));
  CHECK_EQUAL(127, jm_wire_get_edge(&in, 2).line);
  CHECK(!jm_wire_get_edges(payload, size - 1, &in));
}

static uint64_t near_to(uint64_t ticks, uint32_t low) {
  return jm_wire_ticks_of(jm_wire_time_near(jm_wire_time_of(ticks), low));
}

static void the_nearest_time_is_chosen(void) {
  CHECK_EQUAL(0x100000000, near_to(0xFFFFFFFFu, 0));
  CHECK_EQUAL(0xFFFFFFFF, near_to(0x100000000u, 0xFFFFFFFFu));
  CHECK_EQUAL(0x27FFFFFFF, near_to(0x200000000u, 0x7FFFFFFFu));
  CHECK_EQUAL(0x180000000, near_to(0x200000000u, 0x80000000u));
  CHECK_EQUAL(0x212345678, near_to(0x212345678u, 0x12345678u));
}

static void status_comes_back(void) {
  jm_wire_status out, in;
  size_t size;
  int i;
  memset(&out, 0, sizeof out);
  out.time = jm_wire_time_of(0x800000000000u), out.boot = 3, out.state = JM_WIRE_SAMPLING,
  out.levels = 0x8001;
  for (i = 0; i < JM_WIRE_COUNTS; ++i)
    out.counts[i] = 0xFFFFFF00u + (uint32_t)i;
  begin(JM_WIRE_STATUS);
  jm_wire_put_status(&encoder, &out);
  for (i = 0; i < JM_WIRE_COUNTS; ++i)
    jm_wire_put_u32(&encoder, out.counts[i]);
  size = sent();
  memset(&in, 0, sizeof in);
  CHECK(jm_wire_get_status(payload, size, &in));
  CHECK_EQUAL(0, memcmp(&in, &out, sizeof in));
  CHECK(!jm_wire_get_status(payload, size - 1, &in));
}

static uint32_t number_at(size_t at, size_t bytes) {
  uint32_t number = 0;
  while (bytes-- > 0)
    number = number << 8 | payload[at + bytes];
  return number;
}

/* The tables and the frame in docs/formats/probe_wire.md. */
static void fields_have_their_documented_places(void) {
  static const uint8_t k_ping[] = {0x06, 0x05, 0x07, 0x33, 0x22, 0x11, 0x05, 0xd1, 0x0a, 0xa1, 0xd9, 0x00};
  const jm_wire_status status = {{6, 0}, 0xB007, JM_WIRE_SENSOR_LOST, 0x8001, {0}};
  const jm_wire_configure configure = {0x399D, 2000, 99700, 0x7F, 1, 0x45};
  uint32_t i;
  jm_wire_begin(&encoder, line, sizeof line, JM_WIRE_PING, 7);
  jm_wire_put_u32(&encoder, 0x00112233);
  CHECK_EQUAL(sizeof k_ping, jm_wire_end(&encoder));
  CHECK_EQUAL(0, memcmp(line, k_ping, sizeof k_ping));

  put_example_hello(1);
  sent();
  CHECK(number_at(5, 1) == JM_WIRE_RESET_WATCHDOG && number_at(6, 2) == 0xBEEF &&
        number_at(14, 4) == 2000000);
  CHECK(number_at(18, 4) == 9 && number_at(22, 1) == 2 && number_at(23, 1) == 1 && number_at(24, 1) == 0x40);
  CHECK(number_at(25, 2) == 0x399F && number_at(27, 2) == 1000 && number_at(29, 4) == 100000);
  CHECK(number_at(33, 2) == 0x8003 && number_at(35, 1) == 2 && number_at(36, 1) == 15);
  CHECK(number_at(37 + 1, 4) == 10000 && number_at(37 + 9, 4) == 532000 && number_at(37 + 13, 2) == 300);
  CHECK(number_at(37 + 30, 1) == 2 && number_at(37 + 31, 1) == 5 && number_at(37 + 32 + 6, 2) == 40);

  begin(JM_WIRE_STATUS), jm_wire_put_status(&encoder, &status);
  for (i = 0; i < JM_WIRE_COUNTS; ++i)
    jm_wire_put_u32(&encoder, 100 + i);
  CHECK_EQUAL(47, sent());
  CHECK(number_at(6, 2) == 0xB007 && number_at(8, 1) == 2 && number_at(9, 2) == 0x8001);
  CHECK(number_at(11, 4) == 100 && number_at(27, 4) == 104 && number_at(43, 4) == 108);

  begin(JM_WIRE_CONFIGURE), jm_wire_put_configure(&encoder, &configure);
  CHECK_EQUAL(12, sent());
  CHECK(number_at(0, 2) == 0x399D && number_at(2, 2) == 2000 && number_at(4, 4) == 99700);
  CHECK(number_at(8, 2) == 0x7F && number_at(10, 1) == 1 && number_at(11, 1) == 0x45);
}

static void commands_and_answers_come_back(void) {
  const jm_wire_pong pong_out = {0xCAFEF00D, {0xFFFFFFFEu, 0xFFFF}, {0xFFFFFFFFu, 0xFFFF}};
  const jm_wire_ack ack_out = {JM_WIRE_START, 200, JM_WIRE_NOT_NOW};
  const jm_wire_start start_out = {5000};
  const jm_wire_configure configure_out = {0x399D, 2000, 99700, 0x7F, 1, 0x45};
  jm_wire_pong pong;
  jm_wire_ack ack;
  jm_wire_start start;
  jm_wire_configure configure;
  uint32_t token;
  size_t size;

  begin(JM_WIRE_PONG), jm_wire_put_pong(&encoder, &pong_out), size = sent();
  CHECK(jm_wire_get_pong(payload, size, &pong) && !jm_wire_get_pong(payload, size - 1, &pong));
  jm_wire_get_pong(payload, size, &pong);
  CHECK(pong.token == 0xCAFEF00D && jm_wire_ticks_of(pong.received) == 0xFFFFFFFFFFFEu &&
        jm_wire_ticks_of(pong.replied) == 0xFFFFFFFFFFFFu);

  begin(JM_WIRE_PING), jm_wire_put_u32(&encoder, 42), size = sent();
  CHECK(jm_wire_get_ping(payload, size, &token) && token == 42 &&
        !jm_wire_get_ping(payload, size - 1, &token));

  begin(JM_WIRE_ACK), jm_wire_put_ack(&encoder, &ack_out), size = sent();
  CHECK(jm_wire_get_ack(payload, size, &ack) && ack.type == 2 && ack.sequence == 200 && ack.outcome == 3);
  CHECK(!jm_wire_get_ack(payload, size - 1, &ack));

  begin(JM_WIRE_START), jm_wire_put_start(&encoder, &start_out), size = sent();
  CHECK(jm_wire_get_start(payload, size, &start) && start.lease_s == 5000);
  CHECK(!jm_wire_get_start(payload, size - 1, &start));

  begin(JM_WIRE_CONFIGURE), jm_wire_put_configure(&encoder, &configure_out), size = sent();
  CHECK(jm_wire_get_configure(payload, size, &configure));
  CHECK(configure.sensor_config == 0x399D && configure.bus_every == 2000 && configure.shunt_uohm == 99700);
  CHECK(configure.lines == 0x7F && configure.keep == 1 && configure.sensor_address == 0x45);
  CHECK(!jm_wire_get_configure(payload, size - 1, &configure));
}

static const check_test k_tests[] = {
    CHECK_TEST(hello_comes_back),
    CHECK_TEST(of_another_major_version_only_the_version_is_read),
    CHECK_TEST(a_hello_cut_anywhere_is_refused),
    CHECK_TEST(samples_have_the_documented_bytes),
    CHECK_TEST(a_newer_peer_s_longer_records_and_payloads_are_read),
    CHECK_TEST(samples_that_contradict_themselves_are_refused),
    CHECK_TEST(edges_come_back_across_a_wrap_of_their_low_bits),
    CHECK_TEST(the_nearest_time_is_chosen),
    CHECK_TEST(status_comes_back),
    CHECK_TEST(fields_have_their_documented_places),
    CHECK_TEST(commands_and_answers_come_back),
};
CHECK_MAIN(k_tests)
