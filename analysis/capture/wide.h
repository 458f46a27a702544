// SPDX-License-Identifier: Apache-2.0
// Loops over samples are compiled twice: for every machine, and for those whose registers hold four doubles.
// Both do the same arithmetic in the same order, so the results are the same.
#pragma once

namespace joulemark::capture {

#if defined(__x86_64__)
#define JM_WIDE [[gnu::target("avx2")]]
inline const bool k_wide = __builtin_cpu_supports("avx2") != 0;
#else
#define JM_WIDE
inline constexpr bool k_wide = false;
#endif

}  // namespace joulemark::capture
