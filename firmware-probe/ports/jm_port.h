/* SPDX-License-Identifier: Apache-2.0 */
/* All that the probe's core needs of a board: fourteen short functions and a header of constants. A port
   supplies them, calls jm_probe_init and then jm_probe_poll for ever, and from its interrupts the
   jm_probe_on_... functions.

   "Interrupt" below means: called from interrupts, or with them off. Those functions may not wait. */
#ifndef JM_PORT_H
#define JM_PORT_H

#include <jm_wire_hello.h>

/* The port's constants:
     JM_BOARD_NAME      at most 24 characters
     JM_TICKS_PER_US    of jm_port_ticks, 1 to 8
     JM_I2C_READ_TICKS  the longest that reading a register takes: two addresses and a byte out, two bytes in
     JM_LINE_COUNT      digital lines, at most 8
     JM_SAMPLE_SLOTS, JM_EDGE_SLOTS, JM_RECEIVED_SLOTS
                        room for samples, edges and bytes from the host: powers of two, at most 128
     JM_FRAME_BYTES     room for a frame to send, of which there are two: 125 to 255, see JM_HELLO_BYTES */
#include <jm_port_config.h>

#define JM_TICKS_PER_MS (1000ul * JM_TICKS_PER_US)

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What the board is ---- */

extern const jm_wire_line jm_port_lines[JM_LINE_COUNT];

uint8_t jm_port_reset_cause(void); /* jm_wire_reset_cause */
uint16_t jm_port_boot(void);       /* another number after every boot */

/* ---- Clock ---- */

/* A free-running counter; wraps at 32 bits. Interrupt and main. */
uint32_t jm_port_ticks(void);

/* ---- Interrupts ---- */

/* Turns interrupts off and returns what jm_port_unlock puts back. */
uint8_t jm_port_lock(void);
void jm_port_unlock(uint8_t before);

/* ---- I2C, 400 kHz, as master ---- */

typedef struct jm_i2c_transfer {
  uint8_t address; /* 7 bits */
  uint8_t write_size;
  uint8_t read_size;
  uint8_t write[3];
  uint8_t read[2];
  struct jm_i2c_transfer* next; /* begun at once when this has ended well; NULL: none */
} jm_i2c_transfer;

/* FAILED: not acknowledged, or the bus was taken away. */
typedef enum { JM_I2C_DONE, JM_I2C_FAILED } jm_i2c_outcome;

/* Starts a transfer: START, address and write_size bytes, then (if read_size) START, address and read_size
   bytes, STOP; a size of 0 leaves its part out. Then those that follow it, each of which reads. Returns at
   once; the end of the last, or of the first that fails, is told by jm_probe_on_i2c, never from within. They
   stay the port's until then. Interrupt. */
void jm_port_i2c_begin(jm_i2c_transfer* transfer);

/* When the device acknowledged its address for reading in the transfer told of last, of several the first.
   Called by jm_probe_note_i2c; interrupts may be on. */
uint32_t jm_port_i2c_ticks(void);

/* Gives up a transfer that hangs, of which nothing is told any more, and frees the bus: clocks SCL until SDA
   is high, STOP, reset of the peripheral. Takes at most 1 ms. Interrupts are off. */
void jm_port_i2c_recover(void);

/* ---- Serial line ---- */

/* Starts sending; the bytes stay the port's until it calls jm_probe_on_sent. Not called before that. */
void jm_port_send(const uint8_t* bytes, uint8_t size);

/* ---- Digital lines ---- */

/* From now on tell the edges of these lines by jm_probe_on_edge, of the others no more. */
void jm_port_watch(uint16_t lines);

/* The levels of all lines, line i in bit i. */
uint16_t jm_port_levels(void);

/* ---- Memory that outlives power ---- */

/* `size` bytes, at most 32, as last saved; whatever they are if they never were. May take 100 ms. */
void jm_port_load(uint8_t* bytes, uint8_t size);
void jm_port_save(const uint8_t* bytes, uint8_t size);

/* ---- Watchdog ---- */

/* Called at least every 10 ms, but for jm_port_save. Without a call for 500 ms the port resets the board. */
void jm_port_kick_watchdog(void);

#ifdef __cplusplus
}
#endif

#endif
