/* SPDX-License-Identifier: Apache-2.0 */
/* The probe's core: takes commands, numbers and buffers what the sensor and the lines give, sends frames. No
   heap; its memory is the caller's, of a size that the port chooses. One probe per program, since a port's
   interrupts have no other name for it. */
#ifndef JM_PROBE_H
#define JM_PROBE_H

#include "jm_ring.h"

#include <jm_port.h>
#include <jm_wire.h>

#ifdef __cplusplus
extern "C" {
#endif

#define JM_FIRMWARE_MAJOR 1
#define JM_FIRMWARE_MINOR 0
#define JM_FIRMWARE_PATCH 0

#define JM_PROBE_RX_BYTES 32 /* the longest frame heard: CONFIGURE, with room for a newer host's */

/* Ticks in units that suit short waits on an 8-bit machine: 16 bits, to be subtracted from each other within
 * 4 s. */
#define JM_COARSE(ticks) ((uint16_t)((ticks) >> 8))

/* Conversions of one moment. */
typedef struct {
  uint32_t ticks;
  uint16_t number; /* low bits */
  int16_t codes[2];
  uint8_t channels; /* mask; codes[i] is channel i's */
} jm_sample;

typedef struct {
  uint32_t ticks;
  uint16_t number;
  uint8_t line;
  uint8_t level;
} jm_edge;

typedef jm_wire_configure jm_settings;

/* As they lie in the port's memory. */
typedef struct {
  jm_settings settings;
  uint32_t crc;
} jm_kept;

typedef enum { JM_GOING_ON = 0, JM_TOLD_TO_STOP, JM_LEASE_RAN_OUT } jm_stopping;

/* Answers owed to the host. */
enum { JM_OWES_PONG = 1, JM_OWES_ACK = 2, JM_OWES_HELLO = 4, JM_OWES_STATUS = 8 };

/* Small and often used fields come first: an 8-bit machine reaches the first 63 bytes in one instruction. */
typedef struct {
  /* Interrupts and main. */
  volatile uint8_t started;
  volatile uint8_t sensor_lost;
  volatile uint8_t sending; /* the port has bytes to send */
  jm_ring samples, edges, received;
  volatile uint32_t frame_end_ticks; /* when the last zero byte came in; read with interrupts off */

  /* Main alone. */
  uint8_t stopping; /* jm_stopping: until the last data are on their way */
  uint8_t owes;     /* JM_OWES_... */
  uint8_t told_state;
  uint8_t out_size[2]; /* of out_frames; 0 = free */
  uint8_t out_next;    /* the one to send next, or being sent */
  uint8_t out_handed;  /* out_next is the port's */
  uint8_t out_sequence;
  uint16_t second;   /* JM_COARSE of when the last second was counted */
  uint16_t lease_s;  /* 0 = for ever */
  uint16_t silent_s; /* since the last whole frame from the host */
  jm_wire_time now;  /* jm_port_ticks, extended */

  jm_kept kept;
  jm_wire_ack ack;
  jm_wire_pong pong;
  uint32_t counts[JM_WIRE_COUNTS]; /* changed with interrupts off */
  jm_wire_decoder decoder;
  uint8_t frame[JM_PROBE_RX_BYTES];
  uint8_t out_frames[2][JM_FRAME_BYTES]; /* one may be on the line while the next is made */
  jm_sample sample_slots[JM_SAMPLE_SLOTS];
  jm_edge edge_slots[JM_EDGE_SLOTS];
  uint8_t received_slots[JM_RECEIVED_SLOTS];
} jm_probe;

/* As after a reset: loads the settings, owes a HELLO. */
void jm_probe_init(jm_probe* probe);

/* One turn of the main loop: hears, watches over the sensor, sends at most one frame. */
void jm_probe_poll(jm_probe* probe);

/* ---- For the port's interrupts ---- */

/* ticks: jm_port_ticks when it came in; needed of a zero byte alone. A byte that is lost or broken shows in
   its frame's CRC. */
void jm_probe_on_byte(jm_probe* probe, uint8_t byte, uint32_t ticks);
static inline void jm_probe_on_sent(jm_probe* probe) {
  probe->sending = 0;
}
void jm_probe_on_edge(jm_probe* probe, uint8_t line, uint8_t level, uint32_t ticks);
/* The transfer begun last has ended: begins the next one. After it, and before it is called again, what came
   of the transfer is noted; with interrupts on, since nothing waits for that. */
void jm_probe_on_i2c(jm_probe* probe, jm_i2c_outcome outcome);
void jm_probe_note_i2c(jm_probe* probe);

/* ---- For the sensor, from interrupts ---- */

void jm_probe_push_sample(jm_probe* probe, const jm_sample* sample); /* its number is given here */
void jm_probe_count(jm_probe* probe, uint8_t what);                  /* a jm_wire_count */

#ifdef __cplusplus
}
#endif

#endif
