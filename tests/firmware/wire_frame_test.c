/* SPDX-License-Identifier: Apache-2.0 */
/* Frames against another implementation of COBS and CRC-32 (written here from their definitions), and the
   decoder against damaged lines. */
#include <tests/firmware/check.h>

#include <jm_wire.h>
#include <string.h>

/* ---- The yardstick ---- */

static uint32_t crc32_by_definition(const uint8_t* bytes,
                                    size_t size) { /* bit by bit, polynomial 0x04C11DB7 */
  uint32_t crc = 0xFFFFFFFFu, reflected = 0;
  size_t i;
  int bit;
  for (i = 0; i < size; ++i) {
    for (bit = 0; bit < 8; ++bit) {
      const uint32_t top = (crc >> 31) ^ ((bytes[i] >> bit) & 1u);
      crc = (crc << 1) ^ (top ? 0x04C11DB7u : 0u);
    }
  }
  for (bit = 0; bit < 32; ++bit)
    reflected |= ((crc >> bit) & 1u) << (31 - bit);
  return ~reflected;
}

static size_t uncobs_by_definition(const uint8_t* in, size_t size,
                                   uint8_t* out) { /* in: without the zero byte */
  size_t at = 0, length = 0;
  while (at < size) {
    const uint8_t code = in[at++];
    uint8_t i;
    for (i = 1; i < code; ++i)
      out[length++] = in[at++];
    if (code != 0xFF && at < size) out[length++] = 0;
  }
  return length;
}

static size_t frame_of(uint8_t* out, uint8_t type, uint8_t sequence, const uint8_t* payload, size_t size) {
  jm_wire_encoder encoder;
  size_t i;
  jm_wire_begin(&encoder, out, JM_WIRE_MAX_ENCODED, type, sequence);
  for (i = 0; i < size; ++i)
    jm_wire_put_u8(&encoder, payload[i]);
  return jm_wire_end(&encoder);
}

static uint32_t random_state = 1;
static uint8_t random_byte(void) { /* xorshift; every third byte is zero or 0xFF, COBS's special cases */
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  if (random_state % 6 == 0) return 0;
  if (random_state % 6 == 1) return 0xFF;
  return (uint8_t)(random_state >> 8);
}

/* What came out of a decoder. */
typedef struct {
  int frames, damaged;
  uint8_t last[JM_WIRE_MAX_PAYLOAD];
  size_t last_size;
} heard;

static void hear(jm_wire_decoder* decoder, heard* all, const uint8_t* bytes, size_t size) {
  jm_wire_result result;
  while ((result = jm_wire_decode(decoder, &bytes, &size)) != JM_WIRE_MORE) {
    if (result == JM_WIRE_DAMAGED) {
      ++all->damaged;
    } else {
      ++all->frames;
      all->last_size = jm_wire_payload_size(decoder);
      memcpy(all->last, jm_wire_payload(decoder), all->last_size);
    }
  }
}

static const uint8_t k_zero[1] = {0};

/* ---- Tests ---- */

static void crc_has_the_published_check_values(void) {
  const char* fox = "The quick brown fox jumps over the lazy dog";
  CHECK_EQUAL(0xCBF43926u, jm_wire_crc((const uint8_t*)"123456789", 9));
  CHECK_EQUAL(0x414FA339u, jm_wire_crc((const uint8_t*)fox, strlen(fox)));
}

static void frames_are_cobs_of_type_sequence_payload_and_crc(void) {
  size_t size;
  for (size = 0; size <= JM_WIRE_MAX_PAYLOAD; ++size) {
    uint8_t payload[JM_WIRE_MAX_PAYLOAD], line[JM_WIRE_MAX_ENCODED], plain[JM_WIRE_MAX_ENCODED];
    size_t i, encoded, length;
    uint32_t crc;
    for (i = 0; i < size; ++i)
      payload[i] = random_byte();
    encoded = frame_of(line, 0x82, (uint8_t)size, payload, size);
    CHECK(encoded > 0 && encoded <= JM_WIRE_MAX_ENCODED && line[encoded - 1] == 0);
    CHECK(memchr(line, 0, encoded) == line + encoded - 1);
    length = uncobs_by_definition(line, encoded - 1, plain);
    CHECK_EQUAL(size + 6, length);
    CHECK(plain[0] == 0x82 && plain[1] == (uint8_t)size && memcmp(plain + 2, payload, size) == 0);
    crc = crc32_by_definition(plain, size + 2);
    for (i = 0; i < 4; ++i)
      CHECK_EQUAL((crc >> (8 * i)) & 0xFF, plain[size + 2 + i]);
  }
}

static void every_payload_size_comes_back(void) {
  uint8_t buffer[JM_WIRE_MAX_FRAME];
  jm_wire_decoder decoder;
  heard all = {0, 0, {0}, 0};
  size_t size;
  jm_wire_decoder_init(&decoder, buffer, sizeof buffer);
  for (size = 0; size <= JM_WIRE_MAX_PAYLOAD; ++size) {
    uint8_t payload[JM_WIRE_MAX_PAYLOAD], line[JM_WIRE_MAX_ENCODED];
    size_t i, encoded;
    for (i = 0; i < size; ++i)
      payload[i] = size % 2 ? 0x55 : random_byte(); /* odd ones: without a zero in them */
    encoded = frame_of(line, 1, 2, payload, size);
    for (i = 0; i < encoded; ++i)
      hear(&decoder, &all, line + i, 1);
    CHECK_EQUAL(size, all.last_size);
    CHECK(memcmp(payload, all.last, size) == 0);
    CHECK_EQUAL(2, jm_wire_frame_sequence(&decoder));
  }
  CHECK_EQUAL(JM_WIRE_MAX_PAYLOAD + 1, all.frames);
  CHECK_EQUAL(0, all.damaged);
}

static void a_frame_too_long_for_its_buffer_is_refused(void) {
  const uint8_t payload[JM_WIRE_MAX_PAYLOAD + 1] = {0};
  uint8_t line[JM_WIRE_MAX_ENCODED + 1];
  jm_wire_encoder encoder;
  size_t capacity, i;
  CHECK_EQUAL(0, frame_of(line, 1, 0, payload, sizeof payload));
  for (capacity = 1; capacity < 10; ++capacity) {
    line[capacity] = 0xA5;
    jm_wire_begin(&encoder, line, capacity, 1, 0);
    for (i = 0; i < 4; ++i)
      jm_wire_put_u8(&encoder, 7);
    CHECK_EQUAL(0, jm_wire_end(&encoder));
    CHECK_EQUAL(0xA5, line[capacity]);
  }
}

static void any_one_byte_lost_flipped_or_inserted_costs_at_most_two_frames(void) {
  uint8_t line[3 * 32], broken[3 * 32 + 1], buffer[JM_WIRE_MAX_FRAME];
  const uint8_t payload[16] = {1, 0, 3, 0xFF, 5, 6, 0, 0, 9, 10, 11, 12, 13, 14, 15, 16};
  size_t size = 0, at;
  int i, kind;
  for (i = 0; i < 3; ++i)
    size += frame_of(line + size, 0x82, (uint8_t)i, payload, sizeof payload);
  for (at = 0; at < size; ++at) {
    for (kind = 0; kind < 10; ++kind) { /* 0 lost, 1 inserted, else a bit flipped */
      jm_wire_decoder decoder;
      heard all = {0, 0, {0}, 0};
      const size_t skip = kind == 0, more = kind == 1;
      memcpy(broken, line, at);
      if (kind == 1) broken[at] = 0x33;
      memcpy(broken + at + more, line + at + skip, size - at - skip);
      if (kind > 1) broken[at] ^= (uint8_t)(1u << (kind - 2));
      jm_wire_decoder_init(&decoder, buffer, sizeof buffer);
      hear(&decoder, &all, k_zero, 1);
      hear(&decoder, &all, broken, size - skip + more);
      hear(&decoder, &all, line, size / 3); /* what comes after is whole again */
      CHECK(all.frames >= 2 && (all.damaged >= 1 || all.frames == 4));
      CHECK(all.last_size == sizeof payload && memcmp(all.last, payload, sizeof payload) == 0);
    }
  }
}

static void a_decoder_that_comes_in_the_middle_calls_nothing_damaged(void) {
  const uint8_t payload[8] = {1, 2, 3, 4, 0, 6, 7, 8};
  uint8_t line[JM_WIRE_MAX_ENCODED], buffer[JM_WIRE_MAX_FRAME];
  const size_t size = frame_of(line, 0x81, 0, payload, sizeof payload);
  size_t from;
  for (from = 1; from < size; ++from) {
    jm_wire_decoder decoder;
    heard all = {0, 0, {0}, 0};
    jm_wire_decoder_init(&decoder, buffer, sizeof buffer);
    hear(&decoder, &all, line + from, size - from);
    hear(&decoder, &all, line, size);
    CHECK_EQUAL(1, all.frames);
    CHECK_EQUAL(0, all.damaged);
  }
}

static void zeros_between_frames_are_nothing(void) {
  const uint8_t zeros[5] = {0};
  uint8_t line[JM_WIRE_MAX_ENCODED], buffer[JM_WIRE_MAX_FRAME];
  const size_t size = frame_of(line, 0x03, 0, zeros, 0);
  jm_wire_decoder decoder;
  heard all = {0, 0, {0}, 0};
  jm_wire_decoder_init(&decoder, buffer, sizeof buffer);
  hear(&decoder, &all, zeros, sizeof zeros);
  hear(&decoder, &all, line, size);
  hear(&decoder, &all, zeros, sizeof zeros);
  hear(&decoder, &all, line, size);
  CHECK_EQUAL(2, all.frames);
  CHECK_EQUAL(0, all.damaged);
}

static void a_small_decoder_survives_a_long_frame(void) {
  const uint8_t payload[40] = {1};
  uint8_t line[JM_WIRE_MAX_ENCODED], buffer[16 + 1];
  jm_wire_decoder decoder;
  heard all = {0, 0, {0}, 0};
  size_t size;
  jm_wire_decoder_init(&decoder, buffer, 16);
  buffer[16] = 0xA5;
  hear(&decoder, &all, k_zero, 1);
  size = frame_of(line, 4, 0, payload, sizeof payload);
  hear(&decoder, &all, line, size);
  CHECK_EQUAL(1, all.damaged);
  size = frame_of(line, 4, 0, payload, 10);
  hear(&decoder, &all, line, size);
  CHECK_EQUAL(1, all.frames);
  CHECK_EQUAL(10, all.last_size);
  CHECK_EQUAL(0xA5, buffer[16]);
}

static const check_test k_tests[] = {
    CHECK_TEST(crc_has_the_published_check_values),
    CHECK_TEST(frames_are_cobs_of_type_sequence_payload_and_crc),
    CHECK_TEST(every_payload_size_comes_back),
    CHECK_TEST(a_frame_too_long_for_its_buffer_is_refused),
    CHECK_TEST(any_one_byte_lost_flipped_or_inserted_costs_at_most_two_frames),
    CHECK_TEST(a_decoder_that_comes_in_the_middle_calls_nothing_damaged),
    CHECK_TEST(zeros_between_frames_are_nothing),
    CHECK_TEST(a_small_decoder_survives_a_long_frame),
};
CHECK_MAIN(k_tests)
