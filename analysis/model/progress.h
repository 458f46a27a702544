// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace joulemark {

// Told now and then what part of a long work is done, 0 to 1, on the thread that does it. Empty: nobody asks.
using Progress = std::function<void(double part)>;

}  // namespace joulemark
