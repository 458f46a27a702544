// SPDX-License-Identifier: Apache-2.0
// What events draw outside their markers, told from how the draw comes to rest around them: a target wakes a
// little before its marker and sleeps a little after it, and capacitors give a part of a burst before they
// take it back.
#pragma once

#include <analysis/energy/measure.h>
#include <analysis/energy/rail.h>

namespace joulemark {

// Lets what keeps idle clear of each name's events (plans' clear_ns), and the guard of those wanted by
// excess, grow until the draw is back at what it is far from events, by 3.6 standard errors, if grow; and
// puts what is drawn outside into the plans (before_rel, after_rel, beyond_rel). The stretch outside is
// looked at in parts, each twice as long as the one before, next to up to 200 events of the name that have
// room for it; with less than five of them nothing is known. Both grow to half of the gap between events at
// most, a guard to that of all but the shortest tenth of the gaps. Errors: the source's.
[[nodiscard]] Status look_around(const Rail& rail, const Timeline& timeline, const Sampling& sampling,
                                 bool grow, std::vector<EventPlan>& plans);

}  // namespace joulemark
