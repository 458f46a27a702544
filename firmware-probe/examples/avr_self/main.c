/* SPDX-License-Identifier: Apache-2.0 */
/* The work of a target that measures itself, and its markers: lines without pins. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr_port.h>

static uint16_t levels, watched;

/* The marker header's hook: an edge is told to the core at once, with its time. */
static void tell_edges(uint32_t lines, uint32_t wanted) {
  const uint8_t before = jm_port_lock();
  const uint32_t ticks = jm_port_ticks();
  uint8_t line;
  for (line = 0; line < JM_LINE_COUNT; ++line) {
    const uint8_t level = (wanted >> line) & 1u;
    if (((lines >> line) & 1u) == 0 || level == ((levels >> line) & 1u)) continue;
    levels ^= (uint16_t)(1u << line);
    if ((watched >> line) & 1u) jm_probe_on_edge(&the_probe, line, level, ticks);
  }
  jm_port_unlock(before);
}

#define JM_MARKER_LINES JM_LINE_COUNT
#define JM_MARKER_PORT_HOOK tell_edges
#include <jm_marker.h>

JM_MARKER_EVENT(work, 1)

jm_probe the_probe;

const jm_wire_line jm_port_lines[JM_LINE_COUNT] = {{JM_WIRE_LINE_POLLED, 20, 0}};
void jm_port_watch(uint16_t lines) {
  watched = lines;
}
uint16_t jm_port_levels(void) {
  return levels;
}

/* A stretch of work that is always the same; D13 tells one more is done, for who counts them. */
static void do_work(void) {
  volatile uint8_t sum = 0;
  uint8_t i;
  for (i = 0; i < 200; ++i)
    sum = (uint8_t)(sum + i * i);
  PINB = (uint8_t)(1u << PB5);
}

int main(void) {
  uint8_t turn = 0;
  avr_board_begin();
  avr_clock_begin();
  avr_serial_begin();
  avr_watchdog_begin();
  jm_probe_init(&the_probe);
  DDRB |= (uint8_t)(1u << PB5);
  sei();
  for (;;) {
    jm_probe_poll(&the_probe); /* often enough: every millisecond or so */
    avr_serial_go_on();
    if (turn == 0) jm_marker_begin(work);
    if (turn == 100) jm_marker_end(work);
    if (++turn == 150) turn = 0;
    do_work();
  }
}
