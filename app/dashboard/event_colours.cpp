// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/event_colours.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace joulemark {
namespace {

constexpr std::size_t k_best_apart = 4;  // the first of the colours

using Uses = std::array<int, EventColours::k_colours>;

EventColours& on_the_bench() {
  static EventColours colours;
  return colours;
}

// FNV-1a: alike on every machine, unlike std::hash.
std::size_t wanted_by(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return (hash >> 9U) % k_best_apart;
}

std::size_t least_used(const Uses& uses, std::size_t from) {
  std::size_t best = from;
  for (std::size_t i = 1; i < uses.size(); ++i) {
    const std::size_t colour = (from + i) % uses.size();
    if (uses[colour] < uses[best]) best = colour;
  }
  return best;
}

}  // namespace

void EventColours::set_names(const std::vector<std::string>& names) {
  Uses uses{};
  std::vector<std::string> fresh;
  for (const std::string& name : names) {
    const auto kept = kept_.find(name);
    const bool stays = kept != kept_.end() && (uses[kept->second] == 0 || names.size() > k_colours);
    if (stays) ++uses[kept->second];
    if (!stays) fresh.push_back(name);
  }
  for (const std::string& name : fresh) {
    const std::size_t colour = least_used(uses, wanted_by(name));
    kept_[name] = colour;
    ++uses[colour];
  }
  colours_.clear();
  for (const std::string& name : names)
    colours_.push_back(kept_[name]);
}

std::size_t EventColours::at(std::size_t name) const {
  return name < colours_.size() ? colours_[name] : name % k_colours;
}

const EventColours& event_colours() {
  return on_the_bench();
}

void give_colours(const Report& report) {
  std::vector<std::string> names;
  for (const EventReport& event : report.events)
    names.push_back(event.name);
  on_the_bench().set_names(names);
}

}  // namespace joulemark
