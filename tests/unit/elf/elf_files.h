// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace joulemark::test {

// Built from firmware-probe/examples: kws for an AVR (absent where no avr-gcc is), invoke.cpp for this
// machine.
extern const char* const k_avr_elf;
extern const char* const k_host_elf;

}  // namespace joulemark::test
