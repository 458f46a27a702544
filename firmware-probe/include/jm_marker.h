/* SPDX-License-Identifier: 0BSD */
/* For the firmware that is measured: tells the instrument, by a few pins, what runs when. Header-only, C99
   and C++.

     #define JM_MARKER_LINES 2
     #define JM_MARKER_CODED             // leave it out: one line for each event
     #define JM_MARKER_PORT_STM32 GPIOB  // see jm_marker_port.h for the others
     #include <jm_marker.h>

     JM_MARKER_EVENT(inference, 1)       // at file scope, also in a header; number and name must be unique
     JM_MARKER_EVENT(layer, 3)           // within an inference: one bit from 1 to 3, no code in between
     JM_MARKER_EVENT(radio, 2)

     jm_marker_setup();                  // once
     jm_marker_begin(inference);
     jm_marker_begin(layer);
     ...
     jm_marker_end(layer);
     jm_marker_end(inference);

   One line for each event: event n drives line n - 1, high from begin to end; events may overlap as they
   like. Coded: the lines show the number of the innermost open event, 0 when none is open, least significant
   bit first; events nest (end closes the one begun last), at most JM_MARKER_DEPTH deep. JM_MARKER_STROBE adds
   one more line that changes after each code, when all lines hold it. A number that is open already cannot be
   told from the end of what is in it, so begin it again only when it is the innermost, and with a strobe.

   Coded on an instrument whose lines are not equally exact (the AVR probe's: line 0 to 1 us, others +- 15
   us): where two lines change at once another code, or 0, is seen for a while. Give events that nest numbers
   that differ in one bit, as above, and without a strobe hold every code for 50 us, 0 too. An instant
   (JM_MARKER_INSTANT(name, number), jm_marker_instant(name)) is a pulse of some us: only for instruments
   whose lines resolve it. On others it is not seen, and among codes it spoils those around it.

   The names cost no memory: JM_MARKER_EVENT puts them into an ELF section that is not loaded, `.jm_markers`.
   Its format: docs/formats/markers.md.

   Interrupts: in one ISR and in main, use lines of one event each, or mark with interrupts off. JM_MARKER_OFF
   compiles everything away. */
#ifndef JM_MARKER_H
#define JM_MARKER_H

#include <stdint.h>

#ifndef JM_MARKER_LINES
#define JM_MARKER_LINES 1
#endif
#ifndef JM_MARKER_DEPTH
#define JM_MARKER_DEPTH 8
#endif
#if JM_MARKER_LINES < 1 || JM_MARKER_LINES > 8
#error "JM_MARKER_LINES is 1 to 8"
#endif

/* ---- Names ---- */

#define JM_MARKER_TEXT_(x) #x
#define JM_MARKER_TEXT(x) JM_MARKER_TEXT_(x)

/* A record is a string; equal ones are merged by the linker, so the same header may be in many files. */
#if (defined(__GNUC__) || defined(__clang__)) && defined(__ELF__) && !defined(JM_MARKER_OFF)
#define JM_MARKER_RECORD(text) \
  __asm__(".pushsection .jm_markers,\"MS\",%progbits,1\n.asciz \"@" text "\"\n.popsection\n");
#else
#define JM_MARKER_RECORD(text)
#endif

#ifdef JM_MARKER_CODED
#define JM_MARKER_MOST ((1 << JM_MARKER_LINES) - 1)
#define JM_MARKER_MODE_TEXT "code"
#else
#define JM_MARKER_MOST JM_MARKER_LINES
#define JM_MARKER_MODE_TEXT "lines"
#endif
#if defined(JM_MARKER_STROBE) && !defined(JM_MARKER_CODED)
#error "JM_MARKER_STROBE goes with JM_MARKER_CODED"
#endif
#ifdef JM_MARKER_STROBE
#define JM_MARKER_STROBE_TEXT " strobe"
#else
#define JM_MARKER_STROBE_TEXT ""
#endif
JM_MARKER_RECORD("mode " JM_MARKER_MODE_TEXT " " JM_MARKER_TEXT(JM_MARKER_LINES) JM_MARKER_STROBE_TEXT)

/* number: a literal, or a macro that is one; 1 to JM_MARKER_LINES, coded 1 to 2^JM_MARKER_LINES - 1. */
#define JM_MARKER_EVENT(name, number) JM_MARKER_DEFINE_("event ", name, number)
#define JM_MARKER_INSTANT(name, number) JM_MARKER_DEFINE_("instant ", name, number)
#define JM_MARKER_DEFINE_(kind, name, number)                                                           \
  enum { jm_marker_number_##name = (number) };                                                          \
  typedef char jm_marker_number_of_##name##_fits[(number) >= 1 && (number) <= JM_MARKER_MOST ? 1 : -1]; \
  JM_MARKER_RECORD(kind JM_MARKER_TEXT(number) " " #name)

#define jm_marker_begin(name) jm_marker_begin_number(jm_marker_number_##name)
#define jm_marker_end(name) jm_marker_end_number(jm_marker_number_##name)
#define jm_marker_instant(name) jm_marker_instant_number(jm_marker_number_##name)

/* ---- Lines ---- */

#ifdef JM_MARKER_OFF

static inline void jm_marker_setup(void) {}
static inline void jm_marker_begin_number(uint8_t number) {
  (void)number;
}
static inline void jm_marker_end_number(uint8_t number) {
  (void)number;
}
static inline void jm_marker_instant_number(uint8_t number) {
  (void)number;
}

#else

#ifdef JM_MARKER_STROBE
#define JM_MARKER_PINS (JM_MARKER_LINES + 1)
#else
#define JM_MARKER_PINS JM_MARKER_LINES
#endif
#define JM_MARKER_ALL_LINES ((1u << JM_MARKER_PINS) - 1u)

#include "jm_marker_port.h"

/* Lines become outputs, low. */
static inline void jm_marker_setup(void) {
  jm_marker_port_setup(JM_MARKER_ALL_LINES);
  jm_marker_port_put(JM_MARKER_ALL_LINES, 0);
}

#ifndef JM_MARKER_CODED

/* With a constant number, as the macros above give it, this is one or two instructions. */
static inline void jm_marker_begin_number(uint8_t number) {
  jm_marker_port_put(1u << (number - 1), 1u << (number - 1));
}
static inline void jm_marker_end_number(uint8_t number) {
  jm_marker_port_put(1u << (number - 1), 0);
}
static inline void jm_marker_instant_number(uint8_t number) {
  jm_marker_begin_number(number);
  jm_marker_end_number(number);
}

#else

JM_MARKER_SHARED(uint8_t jm_marker_open[JM_MARKER_DEPTH + 1])
JM_MARKER_SHARED(uint8_t jm_marker_depth)
JM_MARKER_SHARED(uint8_t jm_marker_strobe)

static inline void jm_marker_show(uint8_t code) {
  jm_marker_port_put((1u << JM_MARKER_LINES) - 1u, code);
#ifdef JM_MARKER_STROBE
  jm_marker_strobe ^= 1u;
  jm_marker_port_put(1u << JM_MARKER_LINES, (unsigned)jm_marker_strobe << JM_MARKER_LINES);
#endif
}

/* Deeper than JM_MARKER_DEPTH: the lines stay as they are until the depth is back. open[0] is 0: nothing. */
static inline void jm_marker_begin_number(uint8_t number) {
  const uint8_t depth = ++jm_marker_depth;
  if (depth > JM_MARKER_DEPTH) return;
  jm_marker_open[depth] = number;
  jm_marker_show(number);
}

/* An end without a begin is ignored. */
static inline void jm_marker_end_number(uint8_t number) {
  (void)number;
  if (jm_marker_depth == 0 || --jm_marker_depth >= JM_MARKER_DEPTH) return;
  jm_marker_show(jm_marker_open[jm_marker_depth]);
}

static inline void jm_marker_instant_number(uint8_t number) {
  jm_marker_begin_number(number);
  jm_marker_end_number(number);
}

#endif /* JM_MARKER_CODED */
#endif /* JM_MARKER_OFF */
#endif
