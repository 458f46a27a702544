/* SPDX-License-Identifier: Apache-2.0 */
/* A board that is not there: the port for tests. Time is a number that host_run advances; what an interrupt
   would do happens when its time has come, as long as the core does not hold interrupts off. Everything is
   deterministic. */
#ifndef HOST_PORT_H
#define HOST_PORT_H

#include <jm_probe.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What hangs on the I2C bus: does the transfer and says how it ends. latched: when a register read is taken
   over, which the port stamps. */
typedef jm_i2c_outcome (*host_i2c_device)(jm_i2c_transfer* transfer, uint64_t latched, uint64_t end);

extern jm_probe host_probe;

/* A board fresh from the factory, and powered on. */
void host_new_board(host_i2c_device device);

/* As the reset line or the watchdog does: the clock starts at 0, the memory that outlives power stays. */
void host_reset(uint8_t cause);

void host_run(uint64_t ticks);
void host_set_clock(
    uint64_t ticks); /* right after a reset: as if the board had run that long, less than 2^31 */
uint64_t host_now(void);

/* ---- I2C ---- */
void host_i2c_stall(uint8_t on); /* a transfer under way or begun from now on never ends */
uint32_t host_i2c_recoveries(void);

/* ---- Serial ---- */
void host_hear(const uint8_t* bytes, size_t size); /* from the host, 10 us a byte */
size_t host_sent(
    const uint8_t** bytes); /* all that went out since the last host_forget_sent, at most 1 MiB */
void host_forget_sent(void);
void host_serial_hold(uint8_t on); /* the transmitter stands still */

/* ---- Lines ---- */
void host_set_level(uint8_t line, uint8_t level);

/* ---- What the core may not do; 0 in a sound program ---- */
uint32_t host_broken_rules(
    void); /* a transfer or a frame begun over another, unbalanced locks, a starved watchdog */

#ifdef __cplusplus
}
#endif

#endif
