// SPDX-License-Identifier: Apache-2.0
#include <tests/unit/elf/elf_files.h>

namespace joulemark::test {

const char* const k_avr_elf = JOULEMARK_AVR_ELF;
const char* const k_host_elf = JOULEMARK_HOST_ELF;

}  // namespace joulemark::test
