/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the probe's core start from. */
#ifndef TESTS_FIRMWARE_BENCH_H
#define TESTS_FIRMWARE_BENCH_H

#include <tests/firmware/check.h>
#include <tests/firmware/ear.h>
#include <tests/firmware/fake_ina219.h>

#define MS (1000u * JM_TICKS_PER_US)
#define CONFIG_12_BIT 0x399D /* 32 V, 320 mV, shunt continuously, 532 us */

static inline void new_bench(void) {
  fake_ina219_reset();
  host_new_board(fake_ina219);
  ear_forget();
  host_run(20 * MS);
  ear_listen();
}

static inline jm_wire_configure settings(uint16_t config, uint16_t bus_every) {
  jm_wire_configure wanted;
  wanted.sensor_config = config;
  wanted.bus_every = bus_every;
  wanted.shunt_uohm = 100000;
  wanted.lines = 0x7F;
  wanted.keep = 0;
  wanted.sensor_address = 0;
  return wanted;
}

/* A bench that samples. */
static inline void new_sampling_bench(uint16_t config, uint16_t bus_every) {
  const jm_wire_configure wanted = settings(config, bus_every);
  new_bench();
  ear_say_configure(&wanted);
  host_run(20 * MS);
  ear_listen();
  CHECK_EQUAL(JM_WIRE_OK, heard.ack.outcome);
  ear_say_start(0);
  host_run(MS);
  ear_listen();
}

static inline void run_ms(unsigned ms) {
  unsigned i;
  for (i = 0; i < ms; ++i) {
    host_run(MS);
    ear_listen();
  }
}

/* Stops, and checks what must hold whenever a recording has ended. */
static inline void stop_and_check(void) {
  ear_say(JM_WIRE_STOP);
  run_ms(50);
  CHECK_EQUAL(JM_WIRE_STOP, heard.ack.type);
  CHECK_EQUAL(JM_WIRE_IDLE, heard.status.state);
  CHECK_EQUAL(heard.status.counts[JM_WIRE_NEXT_SAMPLE],
              (uint32_t)heard.samples + heard.status.counts[JM_WIRE_LOST_SAMPLES]);
  CHECK_EQUAL(heard.status.counts[JM_WIRE_NEXT_EDGE],
              (uint32_t)heard.edges + heard.status.counts[JM_WIRE_LOST_EDGES]);
  CHECK_EQUAL(0, heard.damaged);
  CHECK_EQUAL(0, heard.sequence_jumps);
  CHECK_EQUAL(0, host_broken_rules());
}

/* Shunt samples: numbers rise by one but for what was lost, no code comes twice, and every stamp is that of
   the code's conversion within the lag that HELLO tells. Returns how many conversions nobody read. */
static inline long check_samples(void) {
  const uint32_t lag = heard.channels[0].lag_ticks;
  long skipped = 0;
  int i;
  for (i = 0; i < heard.samples; ++i) {
    const ear_sample* sample = &heard.sample[i];
    if (!(sample->channels & 1)) continue;
    const uint64_t ended = fake_ina219_ended((uint32_t)sample->shunt);
    CHECK(sample->time >= ended && sample->time - ended <= lag);
    if (i == 0) continue;
    CHECK(sample->number > sample[-1].number);
    if (sample[-1].channels & 1) {
      CHECK(sample->shunt > sample[-1].shunt);
      skipped += sample->shunt - sample[-1].shunt - 1;
    }
  }
  return skipped;
}

#endif
