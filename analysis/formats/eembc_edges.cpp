// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/edge_check.h>
#include <analysis/formats/anomaly_tally.h>
#include <analysis/formats/eembc_edges.h>
#include <analysis/formats/json_stream.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string_view>

namespace joulemark {
namespace {

constexpr LineId k_line{0};
constexpr std::size_t k_most_kept = 1'000'000;

// Decimals of a number as written: "0.00341" has 5. An exponent moves the point.
int decimals_of(std::string_view text) {
  const auto exponent_at = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, exponent_at);
  const auto point = mantissa.find('.');
  int decimals = point == std::string_view::npos
                     ? 0
                     : static_cast<int>(std::min<std::size_t>(mantissa.size() - point - 1, 20));
  if (exponent_at != std::string_view::npos) {
    const double exponent = parse_number(text.substr(exponent_at + 1)).value_or(0);
    decimals -= static_cast<int>(std::clamp(exponent, -100.0, 100.0));
  }
  return decimals;
}

// A list of seconds, each handed on.
class EdgeList : public JsonVisitor {
 public:
  using Take = std::function<Status(double seconds, const std::string& text)>;
  explicit EdgeList(Take take) : take_(std::move(take)) {}

  bool start_array(std::size_t) override { return depth_++ == 0 || refuse("a list within the list"); }
  [[nodiscard]] const Status& outcome() const { return outcome_; }

 protected:
  bool number(double value, const std::string& text) override {
    if (depth_ == 0) return refuse("a number where a list of edge times should be");
    if (!std::isfinite(value) || std::abs(value) > 9e9) return fail_with("an edge time beyond +-9e9 s");
    outcome_ = take_(value, text);
    return outcome_.has_value() || fail_with(outcome_.error().message);
  }

 private:
  Take take_;
  int depth_ = 0;
  Status outcome_;
};

struct FindingKind {
  std::string_view code;
  AnomalyKind kind;
  Severity severity;
};

// The findings that are troubles of the recording; the others say what the official tool makes of them.
constexpr std::array<FindingKind, 8> k_troubles{
    {{"edge_lost", AnomalyKind::unpaired_marker, Severity::data_loss},
     {"log_incomplete", AnomalyKind::unpaired_marker, Severity::doubtful},
     {"log_mismatch", AnomalyKind::unpaired_marker, Severity::doubtful},
     {"even_edge_count", AnomalyKind::unpaired_marker, Severity::doubtful},
     {"edge_extra", AnomalyKind::doubled_marker, Severity::doubtful},
     {"edge_doubled", AnomalyKind::duplicate_time, Severity::doubtful},
     {"edge_outside", AnomalyKind::truncated, Severity::doubtful},
     {"no_log", AnomalyKind::unpaired_marker, Severity::info}}};

// The number of edges to skip so that pairing the others gives just the windows that the log tells of.
std::optional<std::size_t> skip_of(const EdgeCheck& check, std::size_t edges) {
  if (!check.suspect) return check.doubtful && !check.log_fit ? std::nullopt : std::optional<std::size_t>(1);
  if (!check.log_fit || check.log_fit->matched < check.log_fit->marks || check.repaired.empty()) {
    return std::nullopt;
  }
  const std::size_t skip = check.repaired.front().start;
  for (std::size_t i = 0; i < check.repaired.size(); ++i) {
    const EdgePair& pair = check.repaired[i];
    if (pair.start != skip + 2 * i || pair.stop != pair.start + 1) return std::nullopt;
  }
  return (edges - skip) / 2 == check.repaired.size() ? std::optional(skip) : std::nullopt;
}

}  // namespace

Status EembcEdges::survey() {
  EdgeList list([&](double, const std::string& text) -> Status {
    ++count_;
    const int decimals = std::clamp(decimals_of(text), 3, 9);
    const auto step_ns = static_cast<std::uint32_t>(std::lround(std::pow(10.0, 9 - decimals)));
    resolution_ns_ = std::min(resolution_ns_, step_ns);
    return {};
  });
  Status parsed = visit_json(stream_, name_, list);
  if (parsed) return {};
  if (count_ == 0 || parsed.error().code != ErrorCode::unreadable) return parsed;
  trouble_ = parsed.error().message;
  return {};
}

Status EembcEdges::send(SampleSink& sink) {
  AnomalyTally unsorted(AnomalyKind::unsorted, Severity::data_loss);
  std::int64_t position = 0;
  TimeNs last_ns = std::numeric_limits<TimeNs>::min();
  EdgeList list([&](double seconds, const std::string&) -> Status {
    const TimeNs time_ns = from_seconds(seconds);
    ++position;
    if (time_ns < last_ns) {
      unsorted.add(time_ns, position - 1, [&] { return fmt::format("{}, entry {}", name_, position); });
      return {};
    }
    last_ns = time_ns;
    if (times_ns_.size() < k_most_kept) times_ns_.push_back(time_ns);
    return sink.accept(Edge{time_ns, resolution_ns_, k_line, false});
  });
  Status parsed = visit_json(stream_, name_, list);
  JM_TRY(list.outcome());
  if (!parsed && trouble_.empty()) return parsed;
  JM_TRY(unsorted.report(sink, "[edge out of order was|edges out of order were] left out"));
  if (trouble_.empty()) return {};
  return sink.accept(Anomaly{AnomalyKind::truncated, Severity::data_loss, std::nullopt,
                             TimeRange{last_ns, last_ns}, count_, 1, trouble_ + "; later edges are missing"});
}

Status recommend_eembc_rule(const std::vector<TimeNs>& edges_ns, const RunRecord& record, TimeRange recorded,
                            std::string why, SampleSink& sink) {
  const EdgeCheck check = check_edges(edges_ns, record.marks, recorded);
  const bool doubtful = !why.empty();
  for (const MlperfFinding& finding : check.findings) {
    const auto trouble = std::ranges::find(k_troubles, finding.code, &FindingKind::code);
    if (trouble == k_troubles.end()) continue;
    if (why.empty() && trouble->severity != Severity::info) why = finding.message;
    JM_TRY(sink.accept(
        Anomaly{trouble->kind, trouble->severity, std::nullopt, TimeRange{}, 0, 1, finding.message}));
  }
  const auto skip = skip_of(check, edges_ns.size());
  if (!skip || doubtful) return sink.accept(MetadataItem{"withheld.inference", why});
  std::string rule = fmt::format("d0,pair=falling,skip={}", *skip);
  if (record.inferences) rule += fmt::format(",repeat={}", *record.inferences);
  // Without their number a window is all that can be named.
  return sink.accept(MetadataItem{record.inferences ? "event.inference" : "event.window", rule});
}

}  // namespace joulemark
