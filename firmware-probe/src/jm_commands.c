/* SPDX-License-Identifier: Apache-2.0 */
#include "jm_commands.h"

#include "jm_sensor.h"

#include <string.h>

/* ---- Settings, kept with a CRC by and for this very firmware ---- */

static uint32_t crc_of(const jm_kept* kept) {
  return jm_wire_crc((const uint8_t*)&kept->settings, sizeof kept->settings) ^ JM_FIRMWARE_MAJOR;
}

static uint8_t accepts(const jm_settings* settings) {
  if (settings->shunt_uohm == 0 || (settings->lines >> JM_LINE_COUNT) != 0) return 0;
  return jm_sensor_accepts(settings);
}

void jm_command_load_settings(jm_probe* probe) {
  jm_kept* kept = &probe->kept;
  jm_port_load((uint8_t*)kept, sizeof *kept);
  if (kept->crc == crc_of(kept) && accepts(&kept->settings)) return;
  memset(kept, 0, sizeof *kept);
  kept->settings.lines = 1; /* a pin that nothing drives would chatter */
  jm_sensor_defaults(&kept->settings);
}

static void save_settings(jm_kept* kept) {
  kept->crc = crc_of(kept);
  jm_port_save((const uint8_t*)kept, sizeof *kept);
}

/* ---- Commands ---- */

static void start(jm_probe* probe, uint16_t lease_s) {
  uint8_t before;
  jm_sensor_stop(probe);
  before = jm_port_lock();
  memset(probe->counts, 0, sizeof probe->counts);
  probe->samples.popped = probe->samples.pushed;
  probe->edges.popped = probe->edges.pushed;
  probe->started = 1;
  jm_port_unlock(before);
  probe->stopping = JM_GOING_ON;
  probe->lease_s = lease_s;
  probe->owes |= JM_OWES_STATUS;
  jm_port_watch(probe->kept.settings.lines);
  jm_sensor_start(probe);
}

static void begin_stop(jm_probe* probe, jm_stopping why) {
  jm_sensor_stop(probe);
  jm_port_watch(0);
  probe->stopping = (uint8_t)why;
}

void jm_command_finish_stop(jm_probe* probe) {
  if (!probe->stopping || !jm_sensor_is_idle()) return;
  if (jm_ring_count(&probe->samples) != 0 || jm_ring_count(&probe->edges) != 0) return;
  probe->started = 0;
  probe->owes |= JM_OWES_STATUS;
  if (probe->stopping == JM_TOLD_TO_STOP) probe->owes |= JM_OWES_ACK;
  probe->stopping = JM_GOING_ON;
}

void jm_command_count_seconds(jm_probe* probe) {
  const uint16_t second = JM_COARSE(1000 * JM_TICKS_PER_MS);
  if ((uint16_t)(JM_COARSE(probe->now.low) - probe->second) < second) return;
  probe->second = (uint16_t)(probe->second + second);
  if (!probe->started) return;
  probe->owes |= JM_OWES_STATUS;
  if (probe->lease_s != 0 && probe->silent_s++ == probe->lease_s) begin_stop(probe, JM_LEASE_RAN_OUT);
}

static jm_wire_outcome configure_with(jm_probe* probe, jm_settings* wanted) {
  if (probe->started) return JM_WIRE_NOT_NOW;
  if (wanted->sensor_address == 0) wanted->sensor_address = probe->kept.settings.sensor_address;
  if (!accepts(wanted)) return JM_WIRE_BAD_VALUE;
  probe->kept.settings = *wanted;
  if (wanted->keep) save_settings(&probe->kept);
  probe->owes |= JM_OWES_HELLO;
  return JM_WIRE_OK;
}

static void acknowledge(jm_probe* probe, jm_wire_outcome outcome) {
  probe->ack.outcome = (uint8_t)outcome;
  probe->owes |= JM_OWES_ACK;
}

static void handle_start(jm_probe* probe, const uint8_t* payload, size_t size) {
  jm_wire_start command;
  if (!jm_wire_get_start(payload, size, &command)) {
    acknowledge(probe, JM_WIRE_BAD_VALUE);
    return;
  }
  start(probe, command.lease_s);
  acknowledge(probe, JM_WIRE_OK);
}

static void handle_stop(jm_probe* probe) {
  probe->ack.outcome = JM_WIRE_OK;
  begin_stop(probe, JM_TOLD_TO_STOP); /* acknowledged when it has ended */
}

static void handle_configure(jm_probe* probe, const uint8_t* payload, size_t size) {
  jm_settings wanted;
  const uint8_t sound = jm_wire_get_configure(payload, size, &wanted);
  acknowledge(probe, sound ? configure_with(probe, &wanted) : JM_WIRE_BAD_VALUE);
}

static void handle_ping(jm_probe* probe, const uint8_t* payload, size_t size) {
  uint32_t ended;
  uint8_t before;
  if (!jm_wire_get_ping(payload, size, &probe->pong.token)) return;
  before = jm_port_lock();
  ended = probe->frame_end_ticks; /* another zero byte may be coming in */
  jm_port_unlock(before);
  probe->pong.received = jm_wire_time_near(probe->now, ended);
  probe->owes |= JM_OWES_PONG;
}

void jm_command_handle(jm_probe* probe) {
  const uint8_t type = jm_wire_frame_type(&probe->decoder);
  const uint8_t* payload = jm_wire_payload(&probe->decoder);
  const size_t size = jm_wire_payload_size(&probe->decoder);
  if (type >= 0x80) return; /* a probe's own: an echo on the line */
  probe->silent_s = 0;
  if (type != JM_WIRE_ASK_HELLO && type != JM_WIRE_PING) {
    probe->ack.type = type;
    probe->ack.sequence = jm_wire_frame_sequence(&probe->decoder);
  }
  switch (type) {
    case JM_WIRE_ASK_HELLO:
      probe->owes |= JM_OWES_HELLO;
      break;
    case JM_WIRE_START:
      handle_start(probe, payload, size);
      break;
    case JM_WIRE_STOP:
      handle_stop(probe);
      break;
    case JM_WIRE_CONFIGURE:
      handle_configure(probe, payload, size);
      break;
    case JM_WIRE_PING:
      handle_ping(probe, payload, size);
      break;
    default:
      acknowledge(probe, JM_WIRE_UNKNOWN_COMMAND);
      break;
  }
}
