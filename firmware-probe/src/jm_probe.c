/* SPDX-License-Identifier: Apache-2.0 */
#include "jm_probe.h"

#include "jm_commands.h"
#include "jm_report.h"
#include "jm_sensor.h"

#include <string.h>

/* ---- From interrupts ---- */

void jm_probe_count(jm_probe* probe, uint8_t what) {
  const uint8_t before = jm_port_lock();
  ++probe->counts[what];
  jm_port_unlock(before);
}

/* Calls nothing, so that the interrupt has few registers to save: bytes may come every 10 us. */
void jm_probe_on_byte(jm_probe* probe, uint8_t byte, uint32_t ticks) {
  if (byte == 0) probe->frame_end_ticks = ticks;
  if (jm_ring_count(&probe->received) == JM_RECEIVED_SLOTS) return;
  probe->received_slots[probe->received.pushed % JM_RECEIVED_SLOTS] = byte;
  jm_ring_push(&probe->received);
}

void jm_probe_on_edge(jm_probe* probe, uint8_t line, uint8_t level, uint32_t ticks) {
  if (!probe->started) return;
  if (jm_ring_count(&probe->edges) == JM_EDGE_SLOTS) {
    jm_probe_count(probe, JM_WIRE_LOST_EDGES);
  } else {
    jm_edge* slot = &probe->edge_slots[probe->edges.pushed % JM_EDGE_SLOTS];
    slot->ticks = ticks;
    slot->number = (uint16_t)probe->counts[JM_WIRE_NEXT_EDGE];
    slot->line = line;
    slot->level = level;
    jm_ring_push(&probe->edges);
  }
  jm_probe_count(probe, JM_WIRE_NEXT_EDGE);
}

void jm_probe_push_sample(jm_probe* probe, const jm_sample* sample) {
  if (jm_ring_count(&probe->samples) == JM_SAMPLE_SLOTS) {
    jm_probe_count(probe, JM_WIRE_LOST_SAMPLES);
  } else {
    jm_sample* slot = &probe->sample_slots[probe->samples.pushed % JM_SAMPLE_SLOTS];
    *slot = *sample;
    slot->number = (uint16_t)probe->counts[JM_WIRE_NEXT_SAMPLE];
    jm_ring_push(&probe->samples);
  }
  jm_probe_count(probe, JM_WIRE_NEXT_SAMPLE);
}

/* ---- The main loop ---- */

void jm_probe_init(jm_probe* probe) {
  memset(probe, 0, sizeof *probe);
  jm_wire_decoder_init(&probe->decoder, probe->frame, sizeof probe->frame);
  jm_sensor_init();
  jm_command_load_settings(probe);
  probe->owes = JM_OWES_HELLO;
}

/* Hears until something is owed: one command at a time. */
static void hear(jm_probe* probe) {
  while ((probe->owes & (JM_OWES_ACK | JM_OWES_PONG)) == 0 && !probe->stopping &&
         jm_ring_count(&probe->received) > 0) {
    const uint8_t byte = probe->received_slots[probe->received.popped % JM_RECEIVED_SLOTS];
    const jm_wire_result result = jm_wire_decode_byte(&probe->decoder, byte);
    jm_ring_pop(&probe->received, 1);
    if (result == JM_WIRE_FRAME) jm_command_handle(probe);
    if (result == JM_WIRE_DAMAGED) jm_probe_count(probe, JM_WIRE_SERIAL_ERRORS);
  }
}

static void hand_over(jm_probe* probe) {
  const uint8_t size = probe->out_size[probe->out_next];
  if (probe->out_handed || size == 0) return;
  probe->out_handed = 1;
  probe->sending = 1;
  jm_port_send(probe->out_frames[probe->out_next], size);
}

static void send(jm_probe* probe) {
  uint8_t slot;
  if (probe->out_handed && !probe->sending) {
    probe->out_size[probe->out_next] = 0;
    probe->out_next ^= 1u;
    probe->out_handed = 0;
    hand_over(probe); /* what was made meanwhile, before making more */
  }
  slot = probe->out_next ^ probe->out_handed;
  if (probe->out_size[slot] == 0) probe->out_size[slot] = jm_report_next(probe, probe->out_frames[slot]);
  hand_over(probe);
}

void jm_probe_poll(jm_probe* probe) {
  jm_port_kick_watchdog();
  probe->now = jm_wire_time_near(probe->now, jm_port_ticks());
  hear(probe);
  jm_command_count_seconds(probe);
  jm_sensor_watch(probe);
  jm_command_finish_stop(probe);
  send(probe);
}
