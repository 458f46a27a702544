/* SPDX-License-Identifier: Apache-2.0 */
/* The host's end in the tests of the firmware: hears all that the probe sent and keeps it in arrays. */
#ifndef TESTS_FIRMWARE_EAR_H
#define TESTS_FIRMWARE_EAR_H

#include <host_port.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EAR_MOST 20000

typedef struct {
  uint64_t time;
  uint32_t number;
  uint8_t channels;
  int16_t shunt, bus;
} ear_sample;

typedef struct {
  int frames, damaged, sequence_jumps;
  int hellos, statuses, pongs, acks;
  jm_wire_hello hello; /* the last one's fixed part */
  jm_wire_channel channels[2];
  jm_wire_status status;
  jm_wire_pong pong;
  jm_wire_ack ack;
  int samples;
  ear_sample sample[EAR_MOST];
  uint32_t conversion_ns[2];
  int edges;
  uint32_t edge_number[EAR_MOST];
  jm_wire_edge edge[EAR_MOST];
  uint8_t order[64]; /* types of the first frames */
} ear;

extern ear heard;

void ear_listen(void); /* to all that was sent since the last call or ear_forget; adds to `heard` */
void ear_forget(void); /* starts anew */

/* Commands, to be heard by the probe while host_run runs. Each returns its sequence number. */
uint8_t ear_say(uint8_t type);
uint8_t ear_say_start(uint16_t lease_s);
uint8_t ear_say_configure(const jm_wire_configure* configure);
uint8_t ear_say_ping(uint32_t token);

#ifdef __cplusplus
}
#endif

#endif
