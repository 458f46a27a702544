/* SPDX-License-Identifier: Apache-2.0 */
/* What an INA219's configuration register means, as calculated from it. */
#ifndef JM_INA219_SETTINGS_H
#define JM_INA219_SETTINGS_H

#include "jm_sensor.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JM_INA219_BUS_TRIGGERED = 2, JM_INA219_SHUNT = 5, JM_INA219_BOTH = 7, JM_INA219_MODE_MASK = 7 };

uint8_t jm_ina219_mode(const jm_settings* settings);
int16_t jm_ina219_shunt_limit(const jm_settings* settings); /* the code at the end of the range */

/* Expected from sample to sample, in coarse ticks, within 5 %; not below a 12-bit conversion. */
uint16_t jm_ina219_pace(const jm_settings* settings);

/* Short conversions end between the poll and the shunt register's turn: its code is a later one than the poll
 * saw. */
uint8_t jm_ina219_outpaces_reading(const jm_settings* settings);

#ifdef __cplusplus
}
#endif

#endif
