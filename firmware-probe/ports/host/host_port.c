/* SPDX-License-Identifier: Apache-2.0 */
#include "host_port.h"

#include <string.h>

#define NEVER UINT64_MAX
#define TICKS_PER_BYTE 20 /* 10 us: 1 Mbaud, 8N1 */
#define POLL_TICKS 50     /* what a turn of the main loop takes */
#define SENT_BYTES (1u << 20)

const jm_wire_line jm_port_lines[JM_LINE_COUNT] = {
    {JM_WIRE_LINE_CAPTURED, 1, 0},   {JM_WIRE_LINE_INTERRUPT, 10, 5}, {JM_WIRE_LINE_INTERRUPT, 10, 5},
    {JM_WIRE_LINE_INTERRUPT, 10, 5}, {JM_WIRE_LINE_INTERRUPT, 10, 5}, {JM_WIRE_LINE_INTERRUPT, 10, 5},
    {JM_WIRE_LINE_INTERRUPT, 10, 5},
};

jm_probe host_probe;

static struct {
  uint64_t now;
  uint8_t locked;
  uint8_t reset_cause;
  uint16_t boot;
  uint8_t memory[32];
  uint64_t kicked;

  host_i2c_device device;
  jm_i2c_transfer* transfer;
  uint64_t latched, ends, last_latched;
  uint8_t stalled, follows;
  uint32_t recoveries;

  const uint8_t* sending;
  uint8_t left;
  uint8_t held;
  uint64_t next_out;
  uint8_t sent[SENT_BYTES];
  size_t sent_size;

  uint8_t incoming[512];
  size_t incoming_size, incoming_at;
  uint64_t next_in;

  uint16_t levels, watched;
  uint32_t broken_rules;
} host;

/* ---- jm_port.h ---- */

uint8_t jm_port_reset_cause(void) {
  return host.reset_cause;
}
uint16_t jm_port_boot(void) {
  return host.boot;
}
uint32_t jm_port_ticks(void) {
  return (uint32_t)host.now;
}

uint8_t jm_port_lock(void) {
  const uint8_t before = host.locked;
  host.locked = 1;
  return before;
}

void jm_port_unlock(uint8_t before) {
  host.locked = before;
}

static uint64_t bytes_time(unsigned bytes) {
  return bytes * 46u + 10u;
} /* nine clocks of 2.5 us each, START, STOP */

static void begin_transfer(jm_i2c_transfer* transfer) {
  const unsigned written = transfer->write_size ? 1u + transfer->write_size : 0u;
  host.transfer = transfer;
  host.latched = host.now + bytes_time(written + 1u);
  host.ends = host.now + bytes_time(written + (transfer->read_size ? 1u + transfer->read_size : 0u));
}

void jm_port_i2c_begin(jm_i2c_transfer* transfer) {
  if (host.transfer != NULL) ++host.broken_rules;
  host.follows = 0;
  begin_transfer(transfer);
}

void jm_port_i2c_recover(void) {
  if (!host.locked) ++host.broken_rules;
  host.transfer = NULL;
  ++host.recoveries;
}

void jm_port_send(const uint8_t* bytes, uint8_t size) {
  if (host.left != 0 || size == 0) ++host.broken_rules;
  host.sending = bytes;
  host.left = size;
  host.next_out = host.now + TICKS_PER_BYTE;
}

void jm_port_watch(uint16_t lines) {
  host.watched = lines;
}
uint16_t jm_port_levels(void) {
  return host.levels;
}
void jm_port_load(uint8_t* bytes, uint8_t size) {
  memcpy(bytes, host.memory, size);
}
void jm_port_save(const uint8_t* bytes, uint8_t size) {
  memcpy(host.memory, bytes, size);
}

void jm_port_kick_watchdog(void) {
  if (host.now - host.kicked > 10 * JM_TICKS_PER_MS) ++host.broken_rules;
  host.kicked = host.now;
}

/* ---- Interrupts ---- */

uint32_t jm_port_i2c_ticks(void) {
  return (uint32_t)host.last_latched;
}

static void end_transfer(void) {
  jm_i2c_transfer* transfer = host.transfer;
  const jm_i2c_outcome outcome = host.device(transfer, host.latched, host.ends);
  if (!host.follows) host.last_latched = host.latched;
  host.follows = outcome == JM_I2C_DONE && transfer->next != NULL;
  if (host.follows) {
    begin_transfer(transfer->next);
    return;
  }
  host.transfer = NULL;
  jm_probe_on_i2c(&host_probe, outcome);
  jm_probe_note_i2c(&host_probe);
}

static void send_byte(void) {
  if (host.sent_size < SENT_BYTES) host.sent[host.sent_size++] = *host.sending;
  ++host.sending;
  host.next_out += TICKS_PER_BYTE;
  if (--host.left == 0) jm_probe_on_sent(&host_probe);
}

static void take_byte(void) {
  jm_probe_on_byte(&host_probe, host.incoming[host.incoming_at++], (uint32_t)host.now);
  host.next_in += TICKS_PER_BYTE;
}

static uint64_t transfer_due(void) {
  return host.transfer != NULL && !host.stalled ? host.ends : NEVER;
}
static uint64_t out_due(void) {
  return host.left > 0 && !host.held ? host.next_out : NEVER;
}
static uint64_t in_due(void) {
  return host.incoming_at < host.incoming_size ? host.next_in : NEVER;
}

static uint64_t earliest(void) {
  uint64_t time = transfer_due();
  if (out_due() < time) time = out_due();
  return in_due() < time ? in_due() : time;
}

static void interrupt(void) {
  host.locked = 1;
  if (transfer_due() <= host.now) end_transfer();
  if (out_due() <= host.now) send_byte();
  if (in_due() <= host.now) take_byte();
  host.locked = 0;
}

/* ---- The board ---- */

void host_new_board(host_i2c_device device) {
  memset(&host, 0, sizeof host);
  memset(host.memory, 0xFF, sizeof host.memory);
  host.device = device;
  host_reset(JM_WIRE_RESET_POWER_ON);
}

void host_reset(uint8_t cause) {
  host.now = 0;
  host.kicked = 0;
  host.locked = 0;
  host.transfer = NULL;
  host.left = 0;
  host.watched = 0;
  host.incoming_at = host.incoming_size = 0;
  host.reset_cause = cause;
  ++host.boot;
  jm_probe_init(&host_probe);
}

void host_run(uint64_t ticks) {
  const uint64_t end = host.now + ticks;
  uint64_t next_poll = host.now;
  while (host.now < end) {
    const uint64_t next = earliest();
    host.now = next < next_poll ? next : next_poll;
    if (next <= host.now) {
      interrupt();
    } else {
      jm_probe_poll(&host_probe);
      if (host.locked) ++host.broken_rules;
      next_poll += POLL_TICKS;
    }
  }
}

void host_set_clock(uint64_t ticks) {
  host.now = host.kicked = ticks;
}

uint64_t host_now(void) {
  return host.now;
}
void host_i2c_stall(uint8_t on) {
  host.stalled = on;
  if (host.ends < host.now) host.ends = host.now; /* what hung ends now */
}
uint32_t host_i2c_recoveries(void) {
  return host.recoveries;
}

void host_hear(const uint8_t* bytes, size_t size) {
  if (host.incoming_at == host.incoming_size) {
    host.incoming_at = host.incoming_size = 0;
    host.next_in = host.now + TICKS_PER_BYTE;
  }
  if (size > sizeof host.incoming - host.incoming_size) size = sizeof host.incoming - host.incoming_size;
  memcpy(host.incoming + host.incoming_size, bytes, size);
  host.incoming_size += size;
}

size_t host_sent(const uint8_t** bytes) {
  *bytes = host.sent;
  return host.sent_size;
}

void host_forget_sent(void) {
  host.sent_size = 0;
}

void host_serial_hold(uint8_t on) {
  host.held = on;
  host.next_out = host.now + TICKS_PER_BYTE;
}

void host_set_level(uint8_t line, uint8_t level) {
  const uint16_t bit = (uint16_t)(1u << line);
  if (((host.levels & bit) != 0) == (level != 0)) return;
  host.levels ^= bit;
  if (host.watched & bit) jm_probe_on_edge(&host_probe, line, level, (uint32_t)host.now);
}

uint32_t host_broken_rules(void) {
  return host.broken_rules;
}
