// SPDX-License-Identifier: GPL-3.0-or-later
#include <tests/unit/models/host_elf.h>

namespace joulemark::test {

const char* const k_host_elf = JOULEMARK_HOST_ELF;

}  // namespace joulemark::test
