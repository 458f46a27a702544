/* SPDX-License-Identifier: 0BSD */
/* Frames: COBS(type, sequence, payload, CRC-32) and a zero byte. A zero byte is nowhere else, so a reader
   that lost its place finds the next frame at the next zero. */
#ifndef JM_WIRE_FRAME_H
#define JM_WIRE_FRAME_H

#include "jm_wire_bytes.h"

/* Below 254 bytes COBS costs one byte, whatever the content, and every length fits 8 bits. */
#define JM_WIRE_MAX_FRAME 253   /* bytes before COBS: type, sequence, payload, CRC */
#define JM_WIRE_MAX_PAYLOAD 247 /* JM_WIRE_MAX_FRAME less the other three */
#define JM_WIRE_MAX_ENCODED 255 /* bytes on the line, the zero byte included */

/* ---- CRC-32 (IEEE 802.3, as in zip and Ethernet): "123456789" gives 0xCBF43926. ---- */

#define JM_WIRE_CRC_START 0xFFFFFFFFu /* the state before the first byte; ~state is the CRC */

#ifdef __AVR__ /* shifting by four bits is no faster there than four times by one */
JM_WIRE_FUNCTION uint32_t jm_wire_crc_byte(uint32_t state, uint8_t byte) {
  uint8_t bit;
  state ^= byte;
  for (bit = 0; bit < 8; ++bit)
    state = state & 1u ? (state >> 1) ^ 0xEDB88320u : state >> 1;
  return state;
}
#else
JM_WIRE_FUNCTION uint32_t jm_wire_crc_byte(uint32_t state, uint8_t byte) {
  static const uint32_t k_low[16] = {
      0x00000000u, 0x77073096u, 0xEE0E612Cu, 0x990951BAu, 0x076DC419u, 0x706AF48Fu, 0xE963A535u, 0x9E6495A3u,
      0x0EDB8832u, 0x79DCB8A4u, 0xE0D5E91Eu, 0x97D2D988u, 0x09B64C2Bu, 0x7EB17CBDu, 0xE7B82D07u, 0x90BF1D91u};
  static const uint32_t k_high[16] = {
      0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu, 0x76DC4190u, 0x6B6B51F4u, 0x4DB26158u, 0x5005713Cu,
      0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu, 0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu};
  const uint8_t at = (uint8_t)((state ^ byte) & 0xFFu);
  return (state >> 8) ^ k_low[at & 15] ^ k_high[at >> 4]; /* the table of 256 words, taken apart */
}
#endif

JM_WIRE_FUNCTION uint32_t jm_wire_crc(const uint8_t* bytes, size_t size) {
  uint32_t state = JM_WIRE_CRC_START;
  while (size-- > 0)
    state = jm_wire_crc_byte(state, *bytes++);
  return ~state;
}

/* ---- Encoder: begin, put fields, end. Writes the line's bytes straight into the caller's buffer. ---- */

typedef struct {
  uint8_t* out;
  uint8_t capacity;
  uint8_t length;  /* bytes in `out` */
  uint8_t code_at; /* where the current COBS code byte belongs: it says how far the next zero is */
  uint8_t failed;  /* the frame does not fit */
  uint32_t crc_state;
} jm_wire_encoder;

static inline void jm_wire_cobs_put(jm_wire_encoder* encoder, uint8_t byte) {
  if (encoder->length + 1 >= encoder->capacity) {
    encoder->failed = 1; /* leaves room for the final zero */
    return;
  }
  if (byte == 0) {
    encoder->out[encoder->code_at] = (uint8_t)(encoder->length - encoder->code_at);
    encoder->code_at = encoder->length;
  }
  encoder->out[encoder->length++] = byte;
}

static inline void jm_wire_put_u8(jm_wire_encoder* encoder, uint8_t value) {
  encoder->crc_state = jm_wire_crc_byte(encoder->crc_state, value);
  jm_wire_cobs_put(encoder, value);
}

static inline void jm_wire_put_u16(jm_wire_encoder* encoder, uint16_t value) {
  jm_wire_put_u8(encoder, (uint8_t)(value & 0xFFu));
  jm_wire_put_u8(encoder, (uint8_t)(value >> 8));
}

static inline void jm_wire_put_u32(jm_wire_encoder* encoder, uint32_t value) {
  jm_wire_put_u16(encoder, (uint16_t)(value & 0xFFFFu));
  jm_wire_put_u16(encoder, (uint16_t)(value >> 16));
}

static inline void jm_wire_put_time(jm_wire_encoder* encoder, jm_wire_time time) {
  jm_wire_put_u32(encoder, time.low);
  jm_wire_put_u16(encoder, time.high);
}

/* What stands before a run of records: how many, and how long each is. */
static inline void jm_wire_put_run(jm_wire_encoder* encoder, uint8_t count, uint8_t record_bytes) {
  jm_wire_put_u8(encoder, count);
  jm_wire_put_u8(encoder, record_bytes);
}

/* `out` must stay until jm_wire_end. JM_WIRE_MAX_ENCODED bytes are enough for any frame. */
static inline void jm_wire_begin(jm_wire_encoder* encoder, uint8_t* out, size_t capacity, uint8_t type,
                                 uint8_t sequence) {
  encoder->out = out;
  encoder->capacity = (uint8_t)(capacity < JM_WIRE_MAX_ENCODED ? capacity : JM_WIRE_MAX_ENCODED);
  encoder->length = 1;
  encoder->code_at = 0;
  encoder->failed = 0;
  encoder->crc_state = JM_WIRE_CRC_START;
  jm_wire_put_u8(encoder, type);
  jm_wire_put_u8(encoder, sequence);
}

/* The number of bytes to send, the zero byte included; 0 when the frame does not fit `out`. */
static inline size_t jm_wire_end(jm_wire_encoder* encoder) {
  uint32_t crc = ~encoder->crc_state;
  uint8_t i;
  for (i = 0; i < 4; ++i, crc >>= 8)
    jm_wire_cobs_put(encoder, (uint8_t)(crc & 0xFFu));
  if (encoder->failed) return 0;
  encoder->out[encoder->code_at] = (uint8_t)(encoder->length - encoder->code_at);
  encoder->out[encoder->length++] = 0;
  return encoder->length;
}

/* ---- Decoder: takes bytes cut anywhere, gives frames, falls into step again after damage. ---- */

typedef enum {
  JM_WIRE_MORE = 0, /* nothing whole yet */
  JM_WIRE_FRAME,    /* type, sequence and payload are valid until the next byte goes in */
  JM_WIRE_DAMAGED   /* something that is no frame ended here: cut short, too long, or a wrong CRC */
} jm_wire_result;

typedef struct {
  uint8_t* buffer; /* the caller's; a frame longer than it counts as damaged */
  uint8_t capacity;
  uint8_t length;
  uint8_t left;    /* bytes until the next COBS code byte */
  uint8_t started; /* a byte of the current frame was seen */
  uint8_t too_long;
  uint8_t in_step; /* 0 until the first zero byte: what was cut by our own coming is no damage */
} jm_wire_decoder;

/* JM_WIRE_MAX_FRAME bytes of buffer take any frame; a device that only hears commands needs fewer. */
static inline void jm_wire_decoder_init(jm_wire_decoder* decoder, uint8_t* buffer, size_t capacity) {
  decoder->buffer = buffer;
  decoder->capacity = (uint8_t)(capacity < JM_WIRE_MAX_FRAME ? capacity : JM_WIRE_MAX_FRAME);
  decoder->length = 0;
  decoder->left = 0;
  decoder->started = 0;
  decoder->too_long = 0;
  decoder->in_step = 0;
}

static inline uint8_t jm_wire_frame_type(const jm_wire_decoder* decoder) {
  return decoder->buffer[0];
}
static inline uint8_t jm_wire_frame_sequence(const jm_wire_decoder* decoder) {
  return decoder->buffer[1];
}
static inline const uint8_t* jm_wire_payload(const jm_wire_decoder* decoder) {
  return decoder->buffer + 2;
}
static inline size_t jm_wire_payload_size(const jm_wire_decoder* decoder) {
  return decoder->length - 6u;
}

static inline void jm_wire_decoder_open(jm_wire_decoder* decoder) {
  decoder->length = 0;
  decoder->too_long = 0;
  decoder->started = 1;
}

/* The CRC over a frame and its own CRC is always the same. */
#define JM_WIRE_CRC_OF_WHOLE 0x2144DF1Cu

static inline uint8_t jm_wire_decoder_holds_frame(const jm_wire_decoder* decoder) {
  if (decoder->left != 0 || decoder->too_long || decoder->length < 6) return 0;
  return jm_wire_crc(decoder->buffer, decoder->length) == JM_WIRE_CRC_OF_WHOLE;
}

static inline jm_wire_result jm_wire_decoder_close(jm_wire_decoder* decoder) {
  jm_wire_result result = JM_WIRE_MORE;
  if (decoder->started) {
    if (jm_wire_decoder_holds_frame(decoder)) {
      result = JM_WIRE_FRAME;
    } else if (decoder->in_step) {
      result = JM_WIRE_DAMAGED;
    }
  }
  decoder->left = 0;
  decoder->started = 0;
  decoder->in_step = 1;
  return result;
}

JM_WIRE_FUNCTION jm_wire_result jm_wire_decode_byte(jm_wire_decoder* decoder, uint8_t byte) {
  if (byte == 0) return jm_wire_decoder_close(decoder);
  if (decoder->left > 0) {
    --decoder->left;
  } else { /* a code byte: how far it is to the next one, which stands where a zero was */
    decoder->left = (uint8_t)(byte - 1);
    if (!decoder->started) {
      jm_wire_decoder_open(decoder);
      return JM_WIRE_MORE;
    }
    byte = 0;
  }
  if (decoder->length < decoder->capacity) {
    decoder->buffer[decoder->length++] = byte;
  } else {
    decoder->too_long = 1;
  }
  return JM_WIRE_MORE;
}

/* Takes bytes up to the first frame or damage, and moves *bytes and *size past them: call it until it returns
   JM_WIRE_MORE. */
static inline jm_wire_result jm_wire_decode(jm_wire_decoder* decoder, const uint8_t** bytes, size_t* size) {
  while (*size > 0) {
    const jm_wire_result result = jm_wire_decode_byte(decoder, *(*bytes)++);
    --*size;
    if (result != JM_WIRE_MORE) return result;
  }
  return JM_WIRE_MORE;
}

#endif
