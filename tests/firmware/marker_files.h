/* SPDX-License-Identifier: Apache-2.0 */
/* A program of several files, in C and in C++, which mark on the same lines: as users' programs are. */
#ifndef TESTS_FIRMWARE_MARKER_FILES_H
#define TESTS_FIRMWARE_MARKER_FILES_H

#define JM_MARKER_LINES 3
#define JM_MARKER_CODED
#define JM_MARKER_STROBE
#define JM_MARKER_PORT_LINUX 7
#include <jm_marker.h>

JM_MARKER_EVENT(outer, 5)
JM_MARKER_EVENT(inner, 2)
JM_MARKER_EVENT(innermost, 1)

#ifdef __cplusplus
extern "C" {
#endif
void begin_inner_in_c(void);
void mark_innermost_in_cxx(void);
#ifdef __cplusplus
}
#endif

#endif
