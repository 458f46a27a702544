/* SPDX-License-Identifier: Apache-2.0 */
/* A small working INA219: registers, conversion times, "conversion ready", range. Every conversion gives
   another code, 1, 2, 3 ..., so that a test sees which were read, and how often. Times in ticks of the host
   port. */
#ifndef TESTS_FIRMWARE_FAKE_INA219_H
#define TESTS_FIRMWARE_FAKE_INA219_H

#include <host_port.h>

#ifdef __cplusplus
extern "C" {
#endif

void fake_ina219_reset(void); /* as after power on, at the time 0 */
jm_i2c_outcome fake_ina219(jm_i2c_transfer* transfer, uint64_t latched, uint64_t end);

void fake_ina219_set_present(uint8_t present);
void fake_ina219_nack(unsigned transfers);      /* that many are not acknowledged */
void fake_ina219_slow_down(unsigned percent);   /* 110: conversions last 10 % longer than typical */
void fake_ina219_brown_out(void);               /* loses its settings now */
void fake_ina219_fall_silent(void);             /* converts no more until it is configured */
void fake_ina219_set_codes_from(int16_t first); /* what the next conversion gives; then counts on */

uint16_t fake_ina219_config(void);
uint64_t fake_ina219_ended(uint32_t conversion); /* when it ended; the first is 1 */

#ifdef __cplusplus
}
#endif

#endif
