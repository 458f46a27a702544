/* SPDX-License-Identifier: Apache-2.0 */
/* A fake: what jm_marker_port.h needs of a vendor, with registers that a test can read. */
#pragma once
#define GPIO_OUT_W1TS_REG 0
#define GPIO_OUT_W1TC_REG 1
