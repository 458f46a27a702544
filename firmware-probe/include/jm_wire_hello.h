/* SPDX-License-Identifier: 0BSD */
/* HELLO: who is there, what it can do, how to read its codes. Sent at boot and when asked for.

   To send: begin; jm_wire_put_hello; jm_wire_put_run, every channel; jm_wire_put_run, every line;
   jm_wire_put_name; end. */
#ifndef JM_WIRE_HELLO_H
#define JM_WIRE_HELLO_H

#include "jm_wire_frame.h"
#include "jm_wire_types.h"

#include <string.h>

typedef struct {
  uint8_t quantity;    /* jm_wire_quantity */
  uint32_t lsb_nv;     /* nanovolts at the input per code; an amplifier before the converter is taken out */
  int16_t lowest_code; /* at these two the converter is at its end: the true value may lie beyond */
  int16_t highest_code;
  uint32_t conversion_ns; /* what one code averages over, as specified; 0 = a point in time */
  uint16_t lag_ticks;     /* the conversion ended at most this long before its stamp */
} jm_wire_channel;

typedef struct {
  uint8_t kind;              /* jm_wire_line_kind */
  uint16_t resolution_ticks; /* width of the span in which the true instant lies, at least 1 ... */
  uint16_t lag_ticks;        /* ... and how long before the stamp the middle of that span is */
} jm_wire_line;

typedef struct {
  uint8_t wire_major, wire_minor;
  uint8_t firmware_major, firmware_minor, firmware_patch;
  uint8_t reset_cause; /* jm_wire_reset_cause, of the last boot */
  uint16_t boot;       /* another number after every boot */
  jm_wire_time time;
  uint32_t tick_hz;
  uint32_t capabilities;  /* jm_wire_capability bits */
  uint8_t state;          /* jm_wire_state */
  uint8_t sensor;         /* jm_wire_sensor */
  uint8_t sensor_address; /* 7-bit I2C address; 0 = none */
  uint16_t sensor_config; /* INA219: its configuration register; otherwise 0 */
  uint16_t bus_every;     /* shunt records between two bus voltages; 0 = none */
  uint32_t shunt_uohm;
  uint16_t watched; /* mask of the lines that give edges */
  /* Only on the receiving side, and valid as long as the payload: */
  uint8_t channel_count; /* channel i is bit i of SAMPLES' mask; at most 8 */
  uint8_t channel_bytes;
  uint8_t line_count; /* line i is line i of EDGES */
  uint8_t line_bytes;
  uint8_t name_size;
  const uint8_t* channels; /* jm_wire_get_channel reads them */
  const uint8_t* lines;    /* jm_wire_get_line */
  const char* name;        /* the board, UTF-8, not zero-terminated */
} jm_wire_hello;

#define JM_WIRE_CHANNEL_BYTES 15
#define JM_WIRE_LINE_BYTES 5

static inline void jm_wire_put_hello(jm_wire_encoder* encoder, const jm_wire_hello* hello) {
  jm_wire_put_u8(encoder, hello->wire_major);
  jm_wire_put_u8(encoder, hello->wire_minor);
  jm_wire_put_u8(encoder, hello->firmware_major);
  jm_wire_put_u8(encoder, hello->firmware_minor);
  jm_wire_put_u8(encoder, hello->firmware_patch);
  jm_wire_put_u8(encoder, hello->reset_cause);
  jm_wire_put_u16(encoder, hello->boot);
  jm_wire_put_time(encoder, hello->time);
  jm_wire_put_u32(encoder, hello->tick_hz);
  jm_wire_put_u32(encoder, hello->capabilities);
  jm_wire_put_u8(encoder, hello->state);
  jm_wire_put_u8(encoder, hello->sensor);
  jm_wire_put_u8(encoder, hello->sensor_address);
  jm_wire_put_u16(encoder, hello->sensor_config);
  jm_wire_put_u16(encoder, hello->bus_every);
  jm_wire_put_u32(encoder, hello->shunt_uohm);
  jm_wire_put_u16(encoder, hello->watched);
}

static inline void jm_wire_put_channel(jm_wire_encoder* encoder, const jm_wire_channel* channel) {
  jm_wire_put_u8(encoder, channel->quantity);
  jm_wire_put_u32(encoder, channel->lsb_nv);
  jm_wire_put_u16(encoder, (uint16_t)channel->lowest_code);
  jm_wire_put_u16(encoder, (uint16_t)channel->highest_code);
  jm_wire_put_u32(encoder, channel->conversion_ns);
  jm_wire_put_u16(encoder, channel->lag_ticks);
}

static inline void jm_wire_put_line(jm_wire_encoder* encoder, const jm_wire_line* line) {
  jm_wire_put_u8(encoder, line->kind);
  jm_wire_put_u16(encoder, line->resolution_ticks);
  jm_wire_put_u16(encoder, line->lag_ticks);
}

static inline void jm_wire_put_name(jm_wire_encoder* encoder, const char* name, uint8_t size) {
  uint8_t i;
  jm_wire_put_u8(encoder, size);
  for (i = 0; i < size; ++i)
    jm_wire_put_u8(encoder, (uint8_t)name[i]);
}

/* A run of records: count, bytes a record, records. 0 when a record is shorter than `least` bytes. */
static inline uint8_t jm_wire_get_records(jm_wire_reader* reader, uint8_t least, uint8_t* count,
                                          uint8_t* bytes, const uint8_t** records) {
  *count = jm_wire_get_u8(reader);
  *bytes = jm_wire_get_u8(reader);
  *records = reader->at;
  jm_wire_skip(reader, (size_t)*count * *bytes);
  return *count == 0 || *bytes >= least;
}

/* 0 when the payload is too short, contradicts itself, or names no clock rate. Of another major version only
   wire_major and wire_minor are read, and the rest is 0. */
static inline uint8_t jm_wire_get_hello(const uint8_t* payload, size_t size, jm_wire_hello* hello) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  uint8_t sound;
  memset(hello, 0, sizeof *hello);
  hello->wire_major = jm_wire_get_u8(&reader);
  hello->wire_minor = jm_wire_get_u8(&reader);
  if (reader.failed || hello->wire_major != JM_WIRE_MAJOR) return !reader.failed;
  hello->firmware_major = jm_wire_get_u8(&reader);
  hello->firmware_minor = jm_wire_get_u8(&reader);
  hello->firmware_patch = jm_wire_get_u8(&reader);
  hello->reset_cause = jm_wire_get_u8(&reader);
  hello->boot = jm_wire_get_u16(&reader);
  hello->time = jm_wire_get_time(&reader);
  hello->tick_hz = jm_wire_get_u32(&reader);
  hello->capabilities = jm_wire_get_u32(&reader);
  hello->state = jm_wire_get_u8(&reader);
  hello->sensor = jm_wire_get_u8(&reader);
  hello->sensor_address = jm_wire_get_u8(&reader);
  hello->sensor_config = jm_wire_get_u16(&reader);
  hello->bus_every = jm_wire_get_u16(&reader);
  hello->shunt_uohm = jm_wire_get_u32(&reader);
  hello->watched = jm_wire_get_u16(&reader);
  sound = jm_wire_get_records(&reader, JM_WIRE_CHANNEL_BYTES, &hello->channel_count, &hello->channel_bytes,
                              &hello->channels);
  sound &=
      jm_wire_get_records(&reader, JM_WIRE_LINE_BYTES, &hello->line_count, &hello->line_bytes, &hello->lines);
  hello->name_size = jm_wire_get_u8(&reader);
  hello->name = (const char*)reader.at;
  jm_wire_skip(&reader, hello->name_size);
  return sound && !reader.failed && hello->tick_hz != 0 && hello->channel_count <= 8;
}

/* index < channel_count */
static inline jm_wire_channel jm_wire_get_channel(const jm_wire_hello* hello, uint8_t index) {
  jm_wire_reader reader =
      jm_wire_reader_over(hello->channels + (size_t)index * hello->channel_bytes, hello->channel_bytes);
  jm_wire_channel channel;
  channel.quantity = jm_wire_get_u8(&reader);
  channel.lsb_nv = jm_wire_get_u32(&reader);
  channel.lowest_code = jm_wire_get_i16(&reader);
  channel.highest_code = jm_wire_get_i16(&reader);
  channel.conversion_ns = jm_wire_get_u32(&reader);
  channel.lag_ticks = jm_wire_get_u16(&reader);
  return channel;
}

/* index < line_count */
static inline jm_wire_line jm_wire_get_line(const jm_wire_hello* hello, uint8_t index) {
  jm_wire_reader reader =
      jm_wire_reader_over(hello->lines + (size_t)index * hello->line_bytes, hello->line_bytes);
  jm_wire_line line;
  line.kind = jm_wire_get_u8(&reader);
  line.resolution_ticks = jm_wire_get_u16(&reader);
  line.lag_ticks = jm_wire_get_u16(&reader);
  return line;
}

/* What one code of a shunt channel stands for, in nanoamperes, rounded down. For showing: calculate with the
 * pair. */
static inline uint32_t jm_wire_current_lsb_na(const jm_wire_hello* hello, const jm_wire_channel* channel) {
  return hello->shunt_uohm == 0 ? 0 : (uint32_t)((uint64_t)channel->lsb_nv * 1000000u / hello->shunt_uohm);
}

#endif
