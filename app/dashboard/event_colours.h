// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/report.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

// Which of a few colours each event name has. A name keeps its own while others come and go, and wants the
// same one in every capture.
class EventColours {
 public:
  static constexpr std::size_t k_colours = 8;

  // As a report lists them; more than there are colours share some.
  void set_names(const std::vector<std::string>& names);
  // Of the name with that index.
  [[nodiscard]] std::size_t at(std::size_t name) const;

 private:
  std::map<std::string, std::size_t, std::less<>> kept_;  // also of names that are not listed now
  std::vector<std::size_t> colours_;                      // by index
};

// Those of what is on the bench.
[[nodiscard]] const EventColours& event_colours();
void give_colours(const Report& report);

}  // namespace joulemark
