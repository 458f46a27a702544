/* SPDX-License-Identifier: Apache-2.0 */
/* A fake: what jm_marker_port.h needs of a vendor, with registers that a test can read. */
#pragma once
static uint32_t fake_registers[2];
#define REG_WRITE(address, value) (fake_registers[address] = (value))
