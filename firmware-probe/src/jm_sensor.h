/* SPDX-License-Identifier: Apache-2.0 */
/* What measures. A program links exactly one: jm_ina219.c, or a target's own converter. */
#ifndef JM_SENSOR_H
#define JM_SENSOR_H

#include "jm_probe.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which capabilities (jm_wire_capability) it has, and which jm_wire_sensor it is. */
uint32_t jm_sensor_capabilities(void);
uint8_t jm_sensor_kind(void);

/* For a board that has no settings yet. */
void jm_sensor_defaults(jm_settings* settings);

/* 1 when the sensor can work with these. */
uint8_t jm_sensor_accepts(const jm_settings* settings);

/* Channel 0 or 1 as it is with these settings. A port's constants may say that there is only one. */
#ifndef JM_SENSOR_CHANNELS
#define JM_SENSOR_CHANNELS 2
#endif
jm_wire_channel jm_sensor_channel(const jm_settings* settings, uint8_t index);
uint32_t jm_sensor_conversion_ns(const jm_settings* settings, uint8_t index);

/* As after a reset of the board. */
void jm_sensor_init(void);

/* Conversions are pushed from now on / no more, once what is under way has ended. */
void jm_sensor_start(jm_probe* probe);
void jm_sensor_stop(jm_probe* probe);
uint8_t jm_sensor_is_idle(void); /* nothing is under way */

/* From the main loop, often: notices what hangs or is gone, and tries again. Keeps probe->sensor_lost. */
void jm_sensor_watch(jm_probe* probe);

#ifdef __cplusplus
}
#endif

#endif
