// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/benchmark/run_record.h>
#include <analysis/model/sample_sink.h>

#include <istream>
#include <string>
#include <vector>

namespace joulemark {

// trace1-timestamps.json: a list of seconds, the falling edges of the run's line.
class EembcEdges {
 public:
  // The stream is seekable and outlives this.
  EembcEdges(std::istream& stream, std::string name) : stream_(stream), name_(std::move(name)) {}

  // Reads the list once. One that breaks off is used up to there; one without a single edge is an Error
  // (unreadable).
  [[nodiscard]] Status survey();

  // Edges on line d0, going low, to the sink. What is unusable is told as anomalies.
  [[nodiscard]] Status send(SampleSink& sink);

  // Of the edges sent; a million at most are kept.
  [[nodiscard]] const std::vector<TimeNs>& times_ns() const { return times_ns_; }

 private:
  std::istream& stream_;
  std::string name_;
  std::uint32_t resolution_ns_ = 1'000'000;  // the last decimal printed; 1 ms or finer
  std::int64_t count_ = 0;
  std::string trouble_;  // why the list ends early
  std::vector<TimeNs> times_ns_;
};

// Holds the edges against the log. A rule that pairs them into the log's windows becomes the recommended
// "event.inference"; where none does, or there is a reason against it already (why), "withheld.inference"
// says so. Whatever is wrong is an Anomaly.
[[nodiscard]] Status recommend_eembc_rule(const std::vector<TimeNs>& edges_ns, const RunRecord& record,
                                          TimeRange recorded, std::string why, SampleSink& sink);

}  // namespace joulemark
