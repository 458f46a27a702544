/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JM_PORT_CONFIG_H
#define JM_PORT_CONFIG_H

#define JM_BOARD_NAME "ATmega328P self"
#define JM_TICKS_PER_US 2u
#define JM_I2C_READ_TICKS 0u /* there is none */
#define JM_LINE_COUNT 1      /* a marker, without a pin */
#define JM_SENSOR_CHANNELS 1
#define JM_SAMPLE_SLOTS 32
#define JM_EDGE_SLOTS 16
#define JM_RECEIVED_SLOTS 64
#define JM_FRAME_BYTES 128

#endif
