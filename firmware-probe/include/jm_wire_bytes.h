/* SPDX-License-Identifier: 0BSD */
/* Little-endian fields in a run of bytes, on any machine: by shifts, without alignment, never past the end.
 */
#ifndef JM_WIRE_BYTES_H
#define JM_WIRE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* On an 8-bit machine the larger functions are called, not copied to where they are used. */
#ifdef __AVR__
#define JM_WIRE_FUNCTION static __attribute__((noinline, unused))
#else
#define JM_WIRE_FUNCTION static inline
#endif

/* Ticks of the probe's clock since its boot, 48 bits, in two fields because 64 bits cost an 8-bit machine
 * dearly. */
typedef struct {
  uint32_t low;
  uint16_t high;
} jm_wire_time;

static inline uint64_t jm_wire_ticks_of(jm_wire_time time) {
  return ((uint64_t)time.high << 32) | time.low;
}

static inline jm_wire_time jm_wire_time_of(uint64_t ticks) {
  jm_wire_time time;
  time.low = (uint32_t)(ticks & 0xFFFFFFFFu);
  time.high = (uint16_t)((ticks >> 32) & 0xFFFFu);
  return time;
}

/* The time nearest to `near_time` whose low 32 bits are `low`. */
JM_WIRE_FUNCTION jm_wire_time jm_wire_time_near(jm_wire_time near_time, uint32_t low) {
  const uint8_t is_later = (uint32_t)(low - near_time.low) < 0x80000000u;
  if (is_later && low < near_time.low) ++near_time.high;
  if (!is_later && low > near_time.low) --near_time.high;
  near_time.low = low;
  return near_time;
}

/* Reads fields in turn. Reading past the end gives 0 and sets `failed`, so one look at the end is enough. */
typedef struct {
  const uint8_t* at;
  size_t left; /* bytes not read yet */
  uint8_t failed;
} jm_wire_reader;

static inline jm_wire_reader jm_wire_reader_over(const uint8_t* bytes, size_t size) {
  jm_wire_reader reader;
  reader.at = bytes;
  reader.left = size;
  reader.failed = 0;
  return reader;
}

static inline uint8_t jm_wire_get_u8(jm_wire_reader* reader) {
  if (reader->left == 0) {
    reader->failed = 1;
    return 0;
  }
  --reader->left;
  return *reader->at++;
}

static inline uint16_t jm_wire_get_u16(jm_wire_reader* reader) {
  const uint16_t low = jm_wire_get_u8(reader);
  return (uint16_t)(low | (uint16_t)((uint16_t)jm_wire_get_u8(reader) << 8));
}

static inline uint32_t jm_wire_get_u32(jm_wire_reader* reader) {
  const uint32_t low = jm_wire_get_u16(reader);
  return low | ((uint32_t)jm_wire_get_u16(reader) << 16);
}

static inline jm_wire_time jm_wire_get_time(jm_wire_reader* reader) {
  jm_wire_time time;
  time.low = jm_wire_get_u32(reader);
  time.high = jm_wire_get_u16(reader);
  return time;
}

static inline int16_t jm_wire_get_i16(jm_wire_reader* reader) {
  const int32_t value = jm_wire_get_u16(reader);
  return (int16_t)(value < 0x8000 ? value : value - 0x10000);
}

static inline void jm_wire_skip(jm_wire_reader* reader, size_t bytes) {
  if (reader->left < bytes) {
    reader->failed = 1;
    bytes = reader->left;
  }
  reader->at += bytes;
  reader->left -= bytes;
}

#endif
