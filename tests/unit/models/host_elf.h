// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace joulemark::test {

// firmware-probe/examples/invoke.cpp, built for this machine: two coded lines; front_end 1, inference 2,
// keyword 3.
extern const char* const k_host_elf;

}  // namespace joulemark::test
