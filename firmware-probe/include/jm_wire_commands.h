/* SPDX-License-Identifier: 0BSD */
/* What the host asks for, and the answers: START, STOP, CONFIGURE (ACK), PING (PONG), ASK_HELLO (HELLO).
   put_... and get_... as in jm_wire_messages.h. */
#ifndef JM_WIRE_COMMANDS_H
#define JM_WIRE_COMMANDS_H

#include "jm_wire_frame.h"
#include "jm_wire_types.h"

/* ---- PING and PONG: pair the two clocks, as NTP does. ---- */

typedef struct {
  uint32_t token;        /* the PING's */
  jm_wire_time received; /* when the PING's last byte came in */
  jm_wire_time replied;  /* when the PONG's first byte went out */
} jm_wire_pong;

static inline void jm_wire_put_pong(jm_wire_encoder* encoder, const jm_wire_pong* pong) {
  jm_wire_put_u32(encoder, pong->token);
  jm_wire_put_time(encoder, pong->received);
  jm_wire_put_time(encoder, pong->replied);
}

static inline uint8_t jm_wire_get_pong(const uint8_t* payload, size_t size, jm_wire_pong* pong) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  pong->token = jm_wire_get_u32(&reader);
  pong->received = jm_wire_get_time(&reader);
  pong->replied = jm_wire_get_time(&reader);
  return !reader.failed;
}

static inline uint8_t jm_wire_get_ping(const uint8_t* payload, size_t size, uint32_t* token) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  *token = jm_wire_get_u32(&reader);
  return !reader.failed;
}

/* ---- ACK: the answer to START, STOP, CONFIGURE and unknown commands. ---- */

typedef struct {
  uint8_t type;     /* of the command */
  uint8_t sequence; /* of its frame */
  uint8_t outcome;  /* jm_wire_outcome */
} jm_wire_ack;

static inline void jm_wire_put_ack(jm_wire_encoder* encoder, const jm_wire_ack* ack) {
  jm_wire_put_u8(encoder, ack->type);
  jm_wire_put_u8(encoder, ack->sequence);
  jm_wire_put_u8(encoder, ack->outcome);
}

static inline uint8_t jm_wire_get_ack(const uint8_t* payload, size_t size, jm_wire_ack* ack) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  ack->type = jm_wire_get_u8(&reader);
  ack->sequence = jm_wire_get_u8(&reader);
  ack->outcome = jm_wire_get_u8(&reader);
  return !reader.failed;
}

/* ---- START. Its ACK is followed by STATUS (levels and time of the start) before any data. ---- */

typedef struct {
  uint16_t lease_s; /* the probe stops by itself when it hears no frame for so long; 0 = never */
} jm_wire_start;

static inline void jm_wire_put_start(jm_wire_encoder* encoder, const jm_wire_start* start) {
  jm_wire_put_u16(encoder, start->lease_s);
}

static inline uint8_t jm_wire_get_start(const uint8_t* payload, size_t size, jm_wire_start* start) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  start->lease_s = jm_wire_get_u16(&reader);
  return !reader.failed;
}

/* ---- CONFIGURE. Its ACK is followed by HELLO with the settings now in force. ---- */

typedef struct {
  uint16_t sensor_config; /* INA219: configuration register, mode 5 (shunt) or 7 (both); other sensors: 0 */
  uint16_t bus_every;     /* mode 5: a bus voltage at once, then one after so many shunt records; 0 = none */
  uint32_t shunt_uohm;    /* not 0 */
  uint16_t lines;         /* mask of the lines to watch */
  uint8_t keep;           /* 1: also for the next boot */
  uint8_t sensor_address; /* 7-bit I2C address; 0 = as it is */
} jm_wire_configure;

static inline void jm_wire_put_configure(jm_wire_encoder* encoder, const jm_wire_configure* configure) {
  jm_wire_put_u16(encoder, configure->sensor_config);
  jm_wire_put_u16(encoder, configure->bus_every);
  jm_wire_put_u32(encoder, configure->shunt_uohm);
  jm_wire_put_u16(encoder, configure->lines);
  jm_wire_put_u8(encoder, configure->keep);
  jm_wire_put_u8(encoder, configure->sensor_address);
}

static inline uint8_t jm_wire_get_configure(const uint8_t* payload, size_t size,
                                            jm_wire_configure* configure) {
  jm_wire_reader reader = jm_wire_reader_over(payload, size);
  configure->sensor_config = jm_wire_get_u16(&reader);
  configure->bus_every = jm_wire_get_u16(&reader);
  configure->shunt_uohm = jm_wire_get_u32(&reader);
  configure->lines = jm_wire_get_u16(&reader);
  configure->keep = jm_wire_get_u8(&reader);
  configure->sensor_address = jm_wire_get_u8(&reader);
  return !reader.failed;
}

#endif
