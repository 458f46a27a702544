/* SPDX-License-Identifier: 0BSD */
/* What the probe sends by itself: SAMPLES, EDGES, STATUS. For each one struct, put_... for the sending side
   (between jm_wire_begin and jm_wire_end) and get_... for the receiving one, which gives 0 when the payload
   is too short or contradicts itself.

   Times are ticks of the probe's clock (HELLO: tick_hz) since its boot, 48 bits. */
#ifndef JM_WIRE_MESSAGES_H
#define JM_WIRE_MESSAGES_H

#include "jm_wire_hello.h"

/* ---- SAMPLES: a run of conversions. Each record: ticks since the one before (u16), a code (i16) per
 * channel. ---- */

typedef struct {
  uint32_t first;   /* number of the first record since START; those lost in a full ring are counted too */
  uint64_t time;    /* what the first record's ticks are counted from */
  uint8_t channels; /* mask of HELLO's channels; codes follow from the lowest bit up */
  uint8_t count;
  uint8_t record_bytes;      /* receiving side only */
  uint32_t conversion_ns[8]; /* by channel: what one code averages over with the settings in force */
  const uint8_t* records;    /* receiving side only; valid as long as the payload */
} jm_wire_samples;

static inline uint8_t jm_wire_channels_in(uint8_t mask) {
  uint8_t count = 0;
  for (; mask != 0; mask = (uint8_t)(mask & (mask - 1)))
    ++count;
  return count;
}

/* Then `count` times jm_wire_put_u16 for the ticks and for each code. */
static inline void jm_wire_put_samples(jm_wire_encoder* encoder, const jm_wire_samples* samples) {
  uint8_t channel;
  jm_wire_put_u32(encoder, samples->first);
  jm_wire_put_u48(encoder, samples->time);
  jm_wire_put_u8(encoder, samples->channels);
  for (channel = 0; channel < 8; ++channel) {
    if ((samples->channels >> channel) & 1) jm_wire_put_u32(encoder, samples->conversion_ns[channel]);
  }
  jm_wire_put_u8(encoder, samples->count);
  jm_wire_put_u8(encoder, (uint8_t)(2 + 2 * jm_wire_channels_in(samples->channels)));
}

static inline uint8_t jm_wire_get_samples(const uint8_t* payload, size_t size, jm_wire_samples* samples) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  uint8_t channel, sound;
  samples->first = jm_wire_get_u32(&reader);
  samples->time = jm_wire_get_u48(&reader);
  samples->channels = jm_wire_get_u8(&reader);
  for (channel = 0; channel < 8; ++channel) {
    samples->conversion_ns[channel] = ((samples->channels >> channel) & 1) ? jm_wire_get_u32(&reader) : 0;
  }
  sound = jm_wire_get_records(&reader, (uint8_t)(2 + 2 * jm_wire_channels_in(samples->channels)),
                              &samples->count, &samples->record_bytes, &samples->records);
  return sound && !reader.failed && samples->channels != 0;
}

/* Ticks from the record before (the first: from `time`). index < count */
static inline uint16_t jm_wire_sample_ticks(const jm_wire_samples* samples, uint8_t index) {
  jm_wire_reader reader = jm_wire_reader_over(samples->records + (size_t)index * samples->record_bytes, 2);
  return jm_wire_get_u16(&reader);
}

/* nth: counts the set bits of `channels` from 0. */
static inline int16_t jm_wire_sample_code(const jm_wire_samples* samples, uint8_t index, uint8_t nth) {
  const size_t offset = (size_t)index * samples->record_bytes + 2u + 2u * nth;
  jm_wire_reader reader = jm_wire_reader_over(samples->records + offset, 2);
  return jm_wire_get_i16(&reader);
}

/* ---- EDGES: lines that changed. Each record: line and level (u8), the low 32 bits of the time. ---- */

typedef struct {
  uint32_t first; /* number of the first edge since START; lost ones are counted too */
  uint64_t time;  /* near them: gives their low 32 bits the rest */
  uint8_t count;
  uint8_t record_bytes;   /* receiving side only */
  const uint8_t* records; /* receiving side only; valid as long as the payload */
} jm_wire_edges;

typedef struct {
  uint64_t time;
  uint8_t line;
  uint8_t level; /* 0 or 1: after the edge */
} jm_wire_edge;

#define JM_WIRE_EDGE_BYTES 5

static inline void jm_wire_put_edges(jm_wire_encoder* encoder, const jm_wire_edges* edges) {
  jm_wire_put_u32(encoder, edges->first);
  jm_wire_put_u48(encoder, edges->time);
  jm_wire_put_u8(encoder, edges->count);
  jm_wire_put_u8(encoder, JM_WIRE_EDGE_BYTES);
}

/* `count` times. low_ticks: the low 32 bits of the time. Different lines may be out of order. */
static inline void jm_wire_put_edge(jm_wire_encoder* encoder, uint8_t line, uint8_t level,
                                    uint32_t low_ticks) {
  jm_wire_put_u8(encoder, (uint8_t)(line | (level ? 0x80u : 0u)));
  jm_wire_put_u32(encoder, low_ticks);
}

static inline uint8_t jm_wire_get_edges(const uint8_t* payload, size_t size, jm_wire_edges* edges) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  uint8_t sound;
  edges->first = jm_wire_get_u32(&reader);
  edges->time = jm_wire_get_u48(&reader);
  sound =
      jm_wire_get_records(&reader, JM_WIRE_EDGE_BYTES, &edges->count, &edges->record_bytes, &edges->records);
  return sound && !reader.failed;
}

/* The time nearest to `near` whose low 32 bits are low_ticks. */
static inline uint64_t jm_wire_time_near(uint64_t near_time, uint32_t low_ticks) {
  const uint32_t ahead = low_ticks - (uint32_t)(near_time & 0xFFFFFFFFu);
  if (ahead < 0x80000000u) return near_time + ahead;
  return near_time - (uint32_t)(0u - ahead);
}

/* index < count */
static inline jm_wire_edge jm_wire_get_edge(const jm_wire_edges* edges, uint8_t index) {
  jm_wire_reader reader =
      jm_wire_reader_over(edges->records + (size_t)index * edges->record_bytes, JM_WIRE_EDGE_BYTES);
  const uint8_t what = jm_wire_get_u8(&reader);
  jm_wire_edge edge;
  edge.line = what & 0x7Fu;
  edge.level = what >> 7;
  edge.time = jm_wire_time_near(edges->time, jm_wire_get_u32(&reader));
  return edge;
}

/* ---- STATUS: every second while started, and at once when the state changes. Counts are since START. ----
 */

typedef struct {
  uint64_t time;
  uint16_t boot;        /* as in HELLO: another one means that the probe was reset */
  uint8_t state;        /* jm_wire_state */
  uint16_t levels;      /* of lines 0 to 15, at `time` */
  uint32_t next_sample; /* numbers that the next record and edge will get ... */
  uint32_t next_edge;
  uint32_t lost_samples; /* ... and how many of those before were lost in a full ring */
  uint32_t lost_edges;
  uint32_t over_range;   /* conversions that came out at either end of the converter */
  uint32_t i2c_nacks;    /* not acknowledged, or the bus was taken away */
  uint32_t i2c_timeouts; /* the bus stood still and was cleared */
  uint32_t
      sensor_losses; /* times the sensor stopped answering or was found reset; samples around are doubtful */
  uint32_t serial_errors; /* bytes from the host lost or broken, and frames that were no frames */
} jm_wire_status;

static inline void jm_wire_put_status(jm_wire_encoder* encoder, const jm_wire_status* status) {
  jm_wire_put_u48(encoder, status->time);
  jm_wire_put_u16(encoder, status->boot);
  jm_wire_put_u8(encoder, status->state);
  jm_wire_put_u16(encoder, status->levels);
  jm_wire_put_u32(encoder, status->next_sample);
  jm_wire_put_u32(encoder, status->next_edge);
  jm_wire_put_u32(encoder, status->lost_samples);
  jm_wire_put_u32(encoder, status->lost_edges);
  jm_wire_put_u32(encoder, status->over_range);
  jm_wire_put_u32(encoder, status->i2c_nacks);
  jm_wire_put_u32(encoder, status->i2c_timeouts);
  jm_wire_put_u32(encoder, status->sensor_losses);
  jm_wire_put_u32(encoder, status->serial_errors);
}

static inline uint8_t jm_wire_get_status(const uint8_t* payload, size_t size, jm_wire_status* status) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  status->time = jm_wire_get_u48(&reader);
  status->boot = jm_wire_get_u16(&reader);
  status->state = jm_wire_get_u8(&reader);
  status->levels = jm_wire_get_u16(&reader);
  status->next_sample = jm_wire_get_u32(&reader);
  status->next_edge = jm_wire_get_u32(&reader);
  status->lost_samples = jm_wire_get_u32(&reader);
  status->lost_edges = jm_wire_get_u32(&reader);
  status->over_range = jm_wire_get_u32(&reader);
  status->i2c_nacks = jm_wire_get_u32(&reader);
  status->i2c_timeouts = jm_wire_get_u32(&reader);
  status->sensor_losses = jm_wire_get_u32(&reader);
  status->serial_errors = jm_wire_get_u32(&reader);
  return !reader.failed;
}

#endif
