// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/formats/json_stream.h>

#include <cstdint>
#include <optional>
#include <string>

namespace joulemark {

// Walks a results.json and hands on what matters; everything else in it is skipped. An Error of a handler
// ends the walk and stays in outcome().
class MlperfResultsVisitor : public JsonVisitor {
 public:
  bool null() override;
  bool boolean(bool) override { return at_least_inside(); }
  bool string(string_t& text) override;
  bool start_object(std::size_t) override { return descend(depth_ == 1); }
  bool end_object() override;
  bool start_array(std::size_t) override { return descend(depth_ == 0); }
  bool end_array() override;
  bool key(string_t& text) override;

  [[nodiscard]] const Status& outcome() const { return outcome_; }

 protected:
  bool number(double value, const std::string& text) override;

  virtual Status on_trial_begin() { return {}; }
  virtual Status on_trial_end() { return {}; }
  virtual Status on_sample(std::optional<double> joules) = 0;  // none: null in the file
  virtual Status on_edge(const std::string& counter, double position) = 0;
  virtual Status on_iterations(double) { return {}; }
  virtual Status on_voltage(double) { return {}; }

 private:
  bool descend(bool expected_at_top);
  bool at_least_inside() { return depth_ >= 2 || refuse("a value where the list of trials should be"); }
  bool keep(Status outcome);
  bool first_time(const std::string& text);
  [[nodiscard]] bool in(int depth, std::string_view section, std::string_view field) const;

  Status outcome_;
  int depth_ = 0;
  std::string section_;        // key inside the trial: "power"
  std::string field_;          // key inside the section: "samples"
  bool samples_seen_ = false;  // in this trial
  bool timestamps_seen_ = false;
  std::optional<std::string> counter_;
  std::optional<double> position_;
};

}  // namespace joulemark
