/* SPDX-License-Identifier: Apache-2.0 */
#include "jm_report.h"

#include "jm_sensor.h"

#include <string.h>

#define JM_SAMPLES_A_FRAME 16
#define JM_EDGES_A_FRAME 16
#define JM_SAMPLES_WAIT JM_COARSE(20 * JM_TICKS_PER_MS) /* a record waits so long for company */
#define JM_EDGES_WAIT JM_COARSE(5 * JM_TICKS_PER_MS)

/* The longest frames must fit. */
#define JM_HELLO_BYTES \
  (8 + 35 + 2 + 2 * JM_WIRE_CHANNEL_BYTES + 2 + JM_LINE_COUNT * JM_WIRE_LINE_BYTES + sizeof JM_BOARD_NAME)
#define JM_SAMPLES_BYTES (8 + 21 + JM_SAMPLES_A_FRAME * JM_WIRE_SAMPLE_BYTES(2))
typedef char jm_hello_fits[JM_HELLO_BYTES <= JM_FRAME_BYTES ? 1 : -1];
typedef char jm_samples_fit[JM_SAMPLES_BYTES <= JM_FRAME_BYTES ? 1 : -1];

static const jm_sample* sample_at(const jm_probe* probe, uint8_t ahead) {
  return &probe->sample_slots[(uint8_t)(probe->samples.popped + ahead) % JM_SAMPLE_SLOTS];
}

static const jm_edge* edge_at(const jm_probe* probe, uint8_t ahead) {
  return &probe->edge_slots[(uint8_t)(probe->edges.popped + ahead) % JM_EDGE_SLOTS];
}

/* `since` may be a little ahead of probe->now: interrupts went on. */
static uint8_t waited(const jm_probe* probe, uint32_t since, uint16_t coarse) {
  return (int16_t)(JM_COARSE(probe->now.low) - JM_COARSE(since)) >= (int16_t)coarse;
}

static uint32_t count_of(const jm_probe* probe, uint8_t what) {
  const uint8_t before = jm_port_lock();
  const uint32_t count = probe->counts[what];
  jm_port_unlock(before);
  return count;
}

jm_wire_state jm_report_state(const jm_probe* probe) {
  if (!probe->started) return JM_WIRE_IDLE;
  return probe->sensor_lost ? JM_WIRE_SENSOR_LOST : JM_WIRE_SAMPLING;
}

/* ---- HELLO ---- */

static void put_facts(const jm_probe* probe, jm_wire_encoder* encoder) {
  const jm_settings* settings = &probe->kept.settings;
  jm_wire_hello hello;
  hello.wire_major = JM_WIRE_MAJOR;
  hello.wire_minor = JM_WIRE_MINOR;
  hello.firmware_major = JM_FIRMWARE_MAJOR;
  hello.firmware_minor = JM_FIRMWARE_MINOR;
  hello.firmware_patch = JM_FIRMWARE_PATCH;
  hello.reset_cause = jm_port_reset_cause();
  hello.boot = jm_port_boot();
  hello.time = probe->now;
  hello.tick_hz = 1000 * JM_TICKS_PER_MS;
  hello.capabilities = jm_sensor_capabilities();
  hello.state = (uint8_t)jm_report_state(probe);
  hello.sensor = jm_sensor_kind();
  hello.sensor_address = settings->sensor_address;
  hello.sensor_config = settings->sensor_config;
  hello.bus_every = settings->bus_every;
  hello.shunt_uohm = settings->shunt_uohm;
  hello.watched = settings->lines;
  jm_wire_put_hello(encoder, &hello);
}

static void put_hello(const jm_probe* probe, jm_wire_encoder* encoder) {
  static const char k_name[] = JM_BOARD_NAME;
  uint8_t i;
  put_facts(probe, encoder);
  jm_wire_put_run(encoder, JM_SENSOR_CHANNELS, JM_WIRE_CHANNEL_BYTES);
  for (i = 0; i < JM_SENSOR_CHANNELS; ++i) {
    const jm_wire_channel channel = jm_sensor_channel(&probe->kept.settings, i);
    jm_wire_put_channel(encoder, &channel);
  }
  jm_wire_put_run(encoder, JM_LINE_COUNT, JM_WIRE_LINE_BYTES);
  for (i = 0; i < JM_LINE_COUNT; ++i)
    jm_wire_put_line(encoder, &jm_port_lines[i]);
  jm_wire_put_name(encoder, k_name, sizeof k_name - 1);
}

/* ---- STATUS ---- */

static void put_status(jm_probe* probe, jm_wire_encoder* encoder) {
  jm_wire_status status;
  uint8_t i;
  status.time = probe->now;
  status.boot = jm_port_boot();
  status.state = (uint8_t)jm_report_state(probe);
  status.levels = jm_port_levels();
  jm_wire_put_status(encoder, &status);
  for (i = 0; i < JM_WIRE_COUNTS; ++i)
    jm_wire_put_u32(encoder, count_of(probe, i));
  probe->told_state = status.state;
}

static uint8_t status_is_due(const jm_probe* probe) {
  return (probe->owes & JM_OWES_STATUS) || probe->told_state != (uint8_t)jm_report_state(probe);
}

/* ---- SAMPLES and EDGES ---- */

/* The number below `next` with these low bits. */
static uint32_t whole_number(uint32_t next, uint16_t low) {
  return next - (uint16_t)((uint16_t)next - low);
}

static uint8_t samples_are_due(const jm_probe* probe) {
  const uint8_t count = jm_ring_count(&probe->samples);
  if (count == 0) return 0;
  return count >= JM_SAMPLES_A_FRAME || probe->stopping ||
         waited(probe, sample_at(probe, 0)->ticks, JM_SAMPLES_WAIT);
}

/* How many of the oldest samples fit one frame: same channels, no number missing, gaps of at most 16 bits. */
static uint8_t samples_in_a_row(const jm_probe* probe) {
  const jm_sample* last = sample_at(probe, 0);
  const uint8_t most = jm_ring_count(&probe->samples);
  uint8_t count = 1;
  while (count < most && count < JM_SAMPLES_A_FRAME) {
    const jm_sample* next = sample_at(probe, count);
    if (next->channels != last->channels || next->number != (uint16_t)(last->number + 1u)) break;
    if (next->ticks - last->ticks > 0xFFFFu) break;
    last = next;
    ++count;
  }
  return count;
}

static void put_sample(jm_wire_encoder* encoder, const jm_sample* sample, uint32_t before) {
  jm_wire_put_u16(encoder, (uint16_t)(sample->ticks - before));
  if (sample->channels & 1u) jm_wire_put_u16(encoder, (uint16_t)sample->codes[0]);
  if (sample->channels & 2u) jm_wire_put_u16(encoder, (uint16_t)sample->codes[1]);
}

static void put_samples_head(const jm_probe* probe, jm_wire_encoder* encoder, const jm_sample* first) {
  jm_wire_samples head;
  uint8_t i;
  head.first = whole_number(count_of(probe, JM_WIRE_NEXT_SAMPLE), first->number);
  head.time = jm_wire_time_near(probe->now, first->ticks);
  head.channels = first->channels;
  jm_wire_put_samples(encoder, &head);
  for (i = 0; i < JM_SENSOR_CHANNELS; ++i) {
    if (first->channels & (i + 1u))
      jm_wire_put_u32(encoder, jm_sensor_conversion_ns(&probe->kept.settings, i));
  }
}

static void put_samples(jm_probe* probe, jm_wire_encoder* encoder) {
  const jm_sample* sample = sample_at(probe, 0);
  const uint8_t count = samples_in_a_row(probe);
  uint32_t before = sample->ticks;
  uint8_t i;
  put_samples_head(probe, encoder, sample);
  jm_wire_put_run(encoder, count, JM_WIRE_SAMPLE_BYTES(jm_wire_channels_in(sample->channels)));
  for (i = 0; i < count; ++i) {
    sample = sample_at(probe, i);
    put_sample(encoder, sample, before);
    before = sample->ticks;
  }
  jm_ring_pop(&probe->samples, count);
}

static uint8_t edges_are_due(const jm_probe* probe) {
  const uint8_t count = jm_ring_count(&probe->edges);
  if (count == 0) return 0;
  return count >= JM_EDGES_A_FRAME || probe->stopping ||
         waited(probe, edge_at(probe, 0)->ticks, JM_EDGES_WAIT);
}

static uint8_t edges_in_a_row(const jm_probe* probe, uint16_t number) {
  const uint8_t most = jm_ring_count(&probe->edges);
  uint8_t count = 1;
  while (count < most && count < JM_EDGES_A_FRAME &&
         edge_at(probe, count)->number == (uint16_t)(number + count)) {
    ++count;
  }
  return count;
}

static void put_edges(jm_probe* probe, jm_wire_encoder* encoder) {
  const uint16_t number = edge_at(probe, 0)->number;
  const uint8_t count = edges_in_a_row(probe, number);
  jm_wire_edges head;
  uint8_t i;
  head.first = whole_number(count_of(probe, JM_WIRE_NEXT_EDGE), number);
  head.time = probe->now;
  jm_wire_put_edges(encoder, &head);
  jm_wire_put_run(encoder, count, JM_WIRE_EDGE_BYTES);
  for (i = 0; i < count; ++i) {
    const jm_edge* edge = edge_at(probe, i);
    jm_wire_put_edge(encoder, edge->line, edge->level, edge->ticks);
  }
  jm_ring_pop(&probe->edges, count);
}

/* ---- What is due most ---- */

static void put_pong(jm_probe* probe, jm_wire_encoder* encoder) {
  probe->pong.replied =
      jm_wire_time_near(probe->now, jm_port_ticks()); /* the turn may have begun before the PING */
  jm_wire_put_pong(encoder, &probe->pong);
}

/* 0 = nothing. A PONG waits until nothing is before it on its way out. */
static uint8_t due(const jm_probe* probe) {
  if (probe->owes & JM_OWES_PONG) return probe->out_handed ? 0 : JM_WIRE_PONG;
  if (probe->owes & JM_OWES_ACK) return JM_WIRE_ACK;
  if (probe->owes & JM_OWES_HELLO) return JM_WIRE_HELLO;
  if (status_is_due(probe)) return JM_WIRE_STATUS;
  if (edges_are_due(probe)) return JM_WIRE_EDGES;
  if (samples_are_due(probe)) return JM_WIRE_SAMPLES;
  return 0;
}

/* Puts the payload and returns what is owed no more. */
static uint8_t put_payload(jm_probe* probe, jm_wire_encoder* encoder, uint8_t type) {
  switch (type) {
    case JM_WIRE_PONG:
      put_pong(probe, encoder);
      return JM_OWES_PONG;
    case JM_WIRE_ACK:
      jm_wire_put_ack(encoder, &probe->ack);
      return JM_OWES_ACK;
    case JM_WIRE_HELLO:
      put_hello(probe, encoder);
      return JM_OWES_HELLO;
    case JM_WIRE_STATUS:
      put_status(probe, encoder);
      return JM_OWES_STATUS;
    case JM_WIRE_EDGES:
      put_edges(probe, encoder);
      return 0;
    default:
      put_samples(probe, encoder);
      return 0;
  }
}

uint8_t jm_report_next(jm_probe* probe, uint8_t* out) {
  const uint8_t type = due(probe);
  jm_wire_encoder encoder;
  if (type == 0) return 0;
  jm_wire_begin(&encoder, out, JM_FRAME_BYTES, type, probe->out_sequence++);
  probe->owes &= (uint8_t)~put_payload(probe, &encoder, type);
  return (uint8_t)jm_wire_end(&encoder);
}
