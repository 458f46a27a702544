// SPDX-License-Identifier: GPL-3.0-or-later
// Whether an ELF file is a program that an ATmega328P holds. libsimavr reads any file as one, and crashes.
#pragma once

#include <analysis/model/result.h>

#include <string>

namespace joulemark::twin {

// Errors: unreadable, with the file's name and why.
[[nodiscard]] Status check_avr_elf(const std::string& path);

}  // namespace joulemark::twin
