// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/energy/surroundings.h>

#include <span>
#include <vector>

namespace joulemark {

// Lets idle keep clear of what goes on beside events, and the guards behind those wanted by excess take in
// their tails: as far as a part is worth it (0.1 % of an event) and whole, and so that no name has more than
// a tenth of its events the less to itself. Puts what is outside the markers into the plans. grow: else the
// guards stay.
void grow_guards(const Timeline& timeline, std::span<const Surroundings> surroundings, bool grow,
                 std::vector<EventPlan>& plans);

}  // namespace joulemark
