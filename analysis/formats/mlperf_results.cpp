// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/mlperf_results.h>

#include <utility>

namespace joulemark {
namespace {

// Depths: 1 in the list of trials, 2 in a trial, 3 in its sections, 4 in a list there, 5 in an edge's pair.
constexpr int k_trial = 2;
constexpr int k_section = 3;
constexpr int k_list = 4;
constexpr int k_pair = 5;
constexpr int k_deepest = 32;

}  // namespace

bool MlperfResultsVisitor::in(int depth, std::string_view section, std::string_view field) const {
  return depth_ == depth && section_ == section && field_ == field;
}

bool MlperfResultsVisitor::keep(Status outcome) {
  outcome_ = std::move(outcome);
  return outcome_.has_value() || fail_with(outcome_.error().message);
}

// A list given twice would count twice.
bool MlperfResultsVisitor::first_time(const std::string& text) {
  bool* const seen = text == "samples" ? &samples_seen_ : text == "timestamps" ? &timestamps_seen_ : nullptr;
  if (seen == nullptr) return true;
  return !std::exchange(*seen, true) || fail_with("a second list of " + text + " in one trial");
}

bool MlperfResultsVisitor::descend(bool expected_at_top) {
  if (depth_ < k_trial && !expected_at_top) return refuse("nesting; a list of trials should be here");
  if (++depth_ > k_deepest) return fail_with("nested too deeply");
  if (depth_ == k_pair) {
    counter_.reset();
    position_.reset();
  }
  if (depth_ != k_trial) return true;
  section_.clear();
  field_.clear();
  samples_seen_ = timestamps_seen_ = false;
  return keep(on_trial_begin());
}

bool MlperfResultsVisitor::end_object() {
  return --depth_ != k_trial - 1 || keep(on_trial_end());
}

bool MlperfResultsVisitor::end_array() {
  const bool edge = in(k_pair, "power", "timestamps");
  --depth_;
  if (!edge) return true;
  if (!counter_ || !position_) return fail_with("an edge that is not [\"counter\", sample number]");
  return keep(on_edge(*counter_, *position_));
}

bool MlperfResultsVisitor::key(string_t& text) {
  if (depth_ == k_trial) {
    section_ = text;
    field_.clear();
  } else if (depth_ == k_section) {
    field_ = text;
    return section_ != "power" || first_time(text);
  }
  return true;
}

bool MlperfResultsVisitor::null() {
  if (in(k_list, "power", "samples")) return keep(on_sample(std::nullopt));
  return at_least_inside();
}

bool MlperfResultsVisitor::string(string_t& text) {
  if (in(k_list, "power", "samples")) return refuse("a text among the samples");
  if (in(k_pair, "power", "timestamps")) counter_ = text;
  return at_least_inside();
}

bool MlperfResultsVisitor::number(double value, const std::string&) {
  if (in(k_list, "power", "samples")) return keep(on_sample(value));
  if (in(k_section, "infer", "iterations")) return keep(on_iterations(value));
  if (in(k_section, "power", "voltage")) return keep(on_voltage(value));
  if (in(k_pair, "power", "timestamps")) position_ = value;
  return at_least_inside();
}

}  // namespace joulemark
