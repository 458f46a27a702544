/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JM_PORT_CONFIG_H
#define JM_PORT_CONFIG_H

#define JM_BOARD_NAME "host"
#define JM_TICKS_PER_US 2u
#define JM_I2C_READ_TICKS 300u
#define JM_LINE_COUNT 7
#define JM_SAMPLE_SLOTS 32
#define JM_EDGE_SLOTS 16
#define JM_FRAME_BYTES 144
#define JM_RECEIVED_SLOTS 64

#endif
