/* SPDX-License-Identifier: Apache-2.0 */
/* What the host asks for. */
#ifndef JM_COMMANDS_H
#define JM_COMMANDS_H

#include "jm_probe.h"

/* Takes a whole frame out of probe->decoder. What it owes as an answer is noted in the probe. */
void jm_command_handle(jm_probe* probe);

/* Lets a stop come to its end once the last data are on their way. */
void jm_command_finish_stop(jm_probe* probe);

/* To be called often: every second while started owes the host a STATUS, and ends when the host's lease has
 * run out. */
void jm_command_count_seconds(jm_probe* probe);

/* The settings kept, or the sensor's defaults. */
void jm_command_load_settings(jm_probe* probe);

#endif
