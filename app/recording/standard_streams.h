// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace joulemark {

// Takes the numbers of standard streams that are closed, so that no file or pipe opened later gets one and
// then what is said there. Reading and writing them stays an error. First in main.
void reserve_standard_streams();

}  // namespace joulemark
