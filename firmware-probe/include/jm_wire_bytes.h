/* SPDX-License-Identifier: 0BSD */
/* Little-endian fields in a run of bytes, on any machine: by shifts, without alignment, never past the end.
 */
#ifndef JM_WIRE_BYTES_H
#define JM_WIRE_BYTES_H

#include <stddef.h>
#include <stdint.h>

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

static inline uint64_t jm_wire_get_u48(jm_wire_reader* reader) {
  const uint64_t low = jm_wire_get_u32(reader);
  return low | ((uint64_t)jm_wire_get_u16(reader) << 32);
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
