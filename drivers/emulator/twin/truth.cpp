// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/truth.h>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace joulemark::twin {

namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json event_json(const TrueEvent& event, const Truth::Description& description) {
  const auto line = static_cast<std::size_t>(event.line);
  return {{"name", line < description.names.size() ? description.names[line] : "d" + std::to_string(line)},
          {"line", event.line},
          {"begin_s", to_seconds(event.time.begin_ns - description.origin_ns)},
          {"end_s", to_seconds(event.time.end_ns - description.origin_ns)},
          {"energy_in_marker_j", event.in_marker_j},
          {"energy_wake_to_sleep_j", number(event.wake_to_sleep_j)},
          {"cut_off", event.cut_off}};
}

}  // namespace

void Truth::marker_changed(TimeNs time_ns, int line, bool level) {
  if (level) return begin_event(time_ns, line);
  end_event(time_ns, line);
}

void Truth::begin_event(TimeNs time_ns, int line) {
  Open begun;
  begun.event.line = line;
  begun.event.time.begin_ns = time_ns;
  begun.before_marker_j = used_j(time_ns);
  begun.before_wake_j = before_wake_j_;
  begun.shared = !open_.empty();
  for (Open& other : open_)
    other.shared = true;
  open_.push_back(begun);
}

void Truth::end_event(TimeNs time_ns, int line) {
  const auto found = std::ranges::find_if(
      open_, [line](const Open& open) { return open.event.line == line && !open.ended; });
  if (found == open_.end()) return;
  found->ended = true;
  found->event.time.end_ns = time_ns;
  found->event.in_marker_j = used_j(time_ns) - found->before_marker_j;
}

void Truth::close_ended(std::optional<double> used) {
  for (Open& open : open_) {
    if (!open.ended) continue;
    if (used && !open.shared) open.event.wake_to_sleep_j = *used - open.before_wake_j;
    done_.push_back(open.event);
  }
  std::erase_if(open_, &Open::ended);
}

void Truth::slept(TimeNs time_ns, bool deeply) {
  const double used = used_j(time_ns);
  close_ended(used);
  if (!deeply || !open_.empty()) return;
  idle_since_ = time_ns;
  before_idle_j_ = used;
}

void Truth::woke(TimeNs time_ns) {
  before_wake_j_ = used_j(time_ns);
  if (!idle_since_) return;
  idle_ns_ += time_ns - *idle_since_;
  idle_j_ += before_wake_j_ - before_idle_j_;
  idle_since_.reset();
}

void Truth::target_reset(TimeNs time_ns) {
  for (Open& open : open_)
    open.event.cut_off = true;
  close_ended({});
  resets_.push_back(time_ns);
}

void Truth::sampled(TimeRange window) {
  if (!sampled_) {
    sampled_ = window;
    before_samples_ = supply_.delivered(window.begin_ns);
  }
  sampled_->end_ns = window.end_ns;
  after_samples_ = supply_.delivered(window.end_ns);
}

std::string Truth::to_json(const Description& description) const {
  const auto seconds = [&](TimeNs time_ns) { return to_seconds(time_ns - description.origin_ns); };
  Json json = {{"clock", "seconds of the probe's own clock since its boot"},
               {"supply_v", supply_.settings().supply_v},
               {"shunt_ohm", supply_.settings().shunt_ohm},
               {"decoupling_s", supply_.settings().tau_s},
               {"end_s", seconds(description.now_ns)},
               {"energy_j", supply_.delivered(description.now_ns).target_j},
               {"idle_time_s", to_seconds(idle_ns_)},
               {"idle_power_w", idle_ns_ > 0 ? Json(idle_j_ / to_seconds(idle_ns_)) : Json()},
               {"sampled", Json()},
               {"target_resets_s", Json::array()},
               {"events", Json::array()}};
  if (sampled_) {
    json["sampled"] = {{"begin_s", seconds(sampled_->begin_ns)},
                       {"end_s", seconds(sampled_->end_ns)},
                       {"energy_j", after_samples_.shunt_j - before_samples_.shunt_j},
                       {"charge_c", after_samples_.shunt_c - before_samples_.shunt_c}};
  }
  for (const TimeNs reset_ns : resets_)
    json["target_resets_s"].push_back(seconds(reset_ns));
  for (const TrueEvent& event : done_)
    json["events"].push_back(event_json(event, description));
  return json.dump(1) + "\n";
}

}  // namespace joulemark::twin
