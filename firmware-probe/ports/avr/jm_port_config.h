/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JM_PORT_CONFIG_H
#define JM_PORT_CONFIG_H

#define JM_BOARD_NAME "ATmega328P"
#define JM_TICKS_PER_US 2u     /* timer 1: 16 MHz / 8 */
#define JM_I2C_READ_TICKS 400u /* tests/firmware/simulated holds it to this */
#define JM_LINE_COUNT 7
#define JM_SAMPLE_SLOTS 32 /* 17 ms at 1880 a second */
#define JM_EDGE_SLOTS 32
#define JM_FRAME_BYTES 128
#define JM_RECEIVED_SLOTS 64

#endif
