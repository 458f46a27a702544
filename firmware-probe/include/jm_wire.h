/* SPDX-License-Identifier: 0BSD */
/* The probe's wire format, in one place for both ends: header-only, C99 and C++, no heap, no dependencies.
   The format itself is told in docs/formats/probe_wire.md. Include this file; the parts are

   - jm_wire_bytes.h: little-endian fields by shifts, never by punning structs
   - jm_wire_frame.h: COBS frames with a CRC-32: encoder, incremental decoder
   - jm_wire_types.h: the numbers, and the version rule
   - jm_wire_hello.h: HELLO
   - jm_wire_messages.h: SAMPLES, EDGES, STATUS
   - jm_wire_commands.h: START, STOP, CONFIGURE, PING and the answers to them */
#ifndef JM_WIRE_H
#define JM_WIRE_H

#include "jm_wire_bytes.h"
#include "jm_wire_commands.h"
#include "jm_wire_frame.h"
#include "jm_wire_hello.h"
#include "jm_wire_messages.h"
#include "jm_wire_types.h"

#endif
