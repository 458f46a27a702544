/* SPDX-License-Identifier: Apache-2.0 */
/* From the probe's state to frames. */
#ifndef JM_REPORT_H
#define JM_REPORT_H

#include "jm_probe.h"

/* Writes the frame that is due most, if any, into `out` (JM_FRAME_BYTES) and returns its size; 0 = none.
 */
uint8_t jm_report_next(jm_probe* probe, uint8_t* out);

jm_wire_state jm_report_state(const jm_probe* probe);

#endif
