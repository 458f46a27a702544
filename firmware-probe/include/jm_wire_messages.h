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
  uint32_t first;    /* number of the first record since START; those lost in a full ring are counted too */
  jm_wire_time time; /* what the first record's ticks are counted from */
  uint8_t channels;  /* mask of HELLO's channels; codes follow from the lowest bit up */
  /* Only on the receiving side: */
  uint8_t count;
  uint8_t record_bytes;
  uint32_t conversion_ns[8]; /* by channel: what one code averages over with the settings in force */
  const uint8_t* records;    /* valid as long as the payload */
} jm_wire_samples;

static inline uint8_t jm_wire_channels_in(uint8_t mask) {
  uint8_t count = 0;
  for (; mask != 0; mask = (uint8_t)(mask & (mask - 1)))
    ++count;
  return count;
}

/* Then jm_wire_put_u32 for the conversion time of each channel, jm_wire_put_run, and for each record
   jm_wire_put_u16 for the ticks and for each code. */
static inline void jm_wire_put_samples(jm_wire_encoder* encoder, const jm_wire_samples* samples) {
  jm_wire_put_u32(encoder, samples->first);
  jm_wire_put_time(encoder, samples->time);
  jm_wire_put_u8(encoder, samples->channels);
}

#define JM_WIRE_SAMPLE_BYTES(channel_count) ((uint8_t)(2 + 2 * (channel_count)))

static inline uint8_t jm_wire_get_samples(const uint8_t* payload, size_t size, jm_wire_samples* samples) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  uint8_t channel, sound;
  samples->first = jm_wire_get_u32(&reader);
  samples->time = jm_wire_get_time(&reader);
  samples->channels = jm_wire_get_u8(&reader);
  for (channel = 0; channel < 8; ++channel) {
    samples->conversion_ns[channel] = ((samples->channels >> channel) & 1) ? jm_wire_get_u32(&reader) : 0;
  }
  sound = jm_wire_get_records(&reader, JM_WIRE_SAMPLE_BYTES(jm_wire_channels_in(samples->channels)),
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
  uint32_t first;    /* number of the first edge since START; lost ones are counted too */
  jm_wire_time time; /* near them: gives their low 32 bits the rest */
  /* Only on the receiving side: */
  uint8_t count;
  uint8_t record_bytes;
  const uint8_t* records; /* valid as long as the payload */
} jm_wire_edges;

typedef struct {
  jm_wire_time time;
  uint8_t line;
  uint8_t level; /* 0 or 1: after the edge */
} jm_wire_edge;

#define JM_WIRE_EDGE_BYTES 5

/* Then jm_wire_put_run, and jm_wire_put_edge for each. */
static inline void jm_wire_put_edges(jm_wire_encoder* encoder, const jm_wire_edges* edges) {
  jm_wire_put_u32(encoder, edges->first);
  jm_wire_put_time(encoder, edges->time);
}

/* low_ticks: the low 32 bits of the time. Different lines may be out of order. */
static inline void jm_wire_put_edge(jm_wire_encoder* encoder, uint8_t line, uint8_t level,
                                    uint32_t low_ticks) {
  jm_wire_put_u8(encoder, (uint8_t)(line | (level ? 0x80u : 0u)));
  jm_wire_put_u32(encoder, low_ticks);
}

static inline uint8_t jm_wire_get_edges(const uint8_t* payload, size_t size, jm_wire_edges* edges) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  uint8_t sound;
  edges->first = jm_wire_get_u32(&reader);
  edges->time = jm_wire_get_time(&reader);
  sound =
      jm_wire_get_records(&reader, JM_WIRE_EDGE_BYTES, &edges->count, &edges->record_bytes, &edges->records);
  return sound && !reader.failed;
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

/* ---- STATUS: every second while started, and at once when the state changes. ---- */

typedef enum {                          /* counts since START */
               JM_WIRE_NEXT_SAMPLE = 0, /* numbers that the next record and edge will get ... */
               JM_WIRE_NEXT_EDGE,
               JM_WIRE_LOST_SAMPLES, /* ... and how many of those before were lost in a full ring */
               JM_WIRE_LOST_EDGES,
               JM_WIRE_OVER_RANGE,    /* conversions that came out at either end of the converter */
               JM_WIRE_I2C_ERRORS,    /* not acknowledged, or the bus was taken away */
               JM_WIRE_I2C_TIMEOUTS,  /* the bus stood still and was cleared */
               JM_WIRE_SENSOR_LOSSES, /* times the sensor stopped answering or was found reset; samples around
                                         are doubtful */
               JM_WIRE_SERIAL_ERRORS, /* what came from the host as no frame: bytes lost, broken or never
                                         meant */
               JM_WIRE_COUNTS
} jm_wire_count;

typedef struct {
  jm_wire_time time;
  uint16_t boot;                   /* as in HELLO: another one means that the probe was reset */
  uint8_t state;                   /* jm_wire_state */
  uint16_t levels;                 /* of lines 0 to 15, at `time` */
  uint32_t counts[JM_WIRE_COUNTS]; /* by jm_wire_count; only on the receiving side */
} jm_wire_status;

/* Then jm_wire_put_u32 for every count. */
static inline void jm_wire_put_status(jm_wire_encoder* encoder, const jm_wire_status* status) {
  jm_wire_put_time(encoder, status->time);
  jm_wire_put_u16(encoder, status->boot);
  jm_wire_put_u8(encoder, status->state);
  jm_wire_put_u16(encoder, status->levels);
}

static inline uint8_t jm_wire_get_status(const uint8_t* payload, size_t size, jm_wire_status* status) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  uint8_t i;
  status->time = jm_wire_get_time(&reader);
  status->boot = jm_wire_get_u16(&reader);
  status->state = jm_wire_get_u8(&reader);
  status->levels = jm_wire_get_u16(&reader);
  for (i = 0; i < JM_WIRE_COUNTS; ++i)
    status->counts[i] = jm_wire_get_u32(&reader);
  return !reader.failed;
}

#endif
