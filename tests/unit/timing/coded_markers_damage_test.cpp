// SPDX-License-Identifier: Apache-2.0
// Random events, spelled out, and the lines' edges made from that list alone, by the words of
// docs/formats/markers.md. Whatever happens to the edges, what is decoded is in the list.
#include <analysis/model/memory_capture.h>
#include <analysis/timing/timeline.h>

#include <tests/support/waveform.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace joulemark {
namespace {

constexpr TimeNs k_us = 1'000;
constexpr TimeNs k_slack_ns = 3 * k_us;
constexpr std::uint32_t k_strobe = 3;

struct Marked {
  std::uint32_t code = 0;
  TimeRange time;
};

class Scene {
 public:
  Scene(std::uint32_t seed, bool strobe) : random_(seed), strobe_(strobe) {
    for (int i = 0; i < 12; ++i) {
      add_event(3, 0);
      rest();
    }
    busy_until_ns_ = now_ns_;
    for (int i = 0; i < 2; ++i) {  // every line moves once more, so that a lost edge cannot stay unseen
      const TimeNs begin_ns = now_ns_;
      mark(7);
      rest();
      mark(0);
      events_.push_back({7, {begin_ns, now_ns_}});
      rest();
    }
    std::ranges::stable_sort(edges, {}, &Edge::time_ns);
  }

  // Decoded, with the events as (code, time).
  [[nodiscard]] std::vector<Marked> decode(const std::vector<TimeRange>& lost = {}) const {
    MemoryCapture capture;
    test::record(capture, {0, {}}, {.rate_hz = 100, .duration_s = 1});
    for (const Edge& edge : edges)
      EXPECT_TRUE(capture.accept(edge));
    for (const TimeRange& time : lost)
      EXPECT_TRUE(
          capture.accept(Anomaly{AnomalyKind::lost_edges, Severity::data_loss, {}, time, 0, 1, "lost"}));
    CodedMarkers coded{
        parse_marker_code(strobe_ ? "code:d0-d2,strobe=d3" : "code:d0-d2", capture.info().lines).value(), {}};
    for (std::uint32_t code = 1; code < 8; ++code)
      coded.names.push_back({code, std::to_string(code), false});
    const Timeline timeline = decode_events(capture, {}, {}, k_default_hold_ns, coded).value();
    std::vector<Marked> marked;
    for (const Event& event : timeline.events)
      marked.push_back({static_cast<std::uint32_t>(std::stoul(timeline.names[event.name].name)), event.time});
    return marked;
  }

  [[nodiscard]] bool holds(const Marked& event) const {
    return std::ranges::any_of(events_, [&](const Marked& true_event) { return same(event, true_event); });
  }
  static bool same(const Marked& a, const Marked& b) {
    return a.code == b.code && std::abs(a.time.begin_ns - b.time.begin_ns) <= k_slack_ns &&
           std::abs(a.time.end_ns - b.time.end_ns) <= k_slack_ns;
  }

  [[nodiscard]] const std::vector<Marked>& events() const { return events_; }
  [[nodiscard]] TimeNs busy_until_ns() const { return busy_until_ns_; }
  std::uint32_t pick(std::size_t count) { return static_cast<std::uint32_t>(random_() % count); }

  std::vector<Edge> edges;

 private:
  void rest() { now_ns_ += (100 + pick(900)) * k_us; }

  void add_event(int depth, std::uint32_t around) {
    std::uint32_t code = 1 + pick(7);
    while ((used_ >> code & 1) != 0)
      code = 1 + pick(7);
    used_ |= 1U << code;
    const TimeNs begin_ns = now_ns_;
    mark(code);
    rest();
    for (std::uint32_t inner = pick(3); depth > 1 && inner > 0; --inner) {
      add_event(depth - 1, code);
      rest();
    }
    mark(around);
    events_.push_back({code, {begin_ns, now_ns_}});
    used_ &= ~(1U << code);
  }

  // The lines of a port change within 2 us of each other, the lines first that go up.
  void mark(std::uint32_t code) {
    TimeNs latest_ns = 0;
    for (const bool level : {true, false}) {
      for (std::uint32_t line = 0; line < 3; ++line) {
        if (((code ^ shown_) >> line & 1) == 0 || ((code >> line & 1) != 0) != level) continue;
        latest_ns = std::max<TimeNs>(latest_ns, (level ? 0 : k_us) + pick(1000));
        edges.push_back({now_ns_ + latest_ns, 500, LineId{line}, level});
      }
    }
    shown_ = code;
    strobe_level_ = !strobe_level_;
    if (strobe_) edges.push_back({now_ns_ + latest_ns + 500, 500, LineId{k_strobe}, strobe_level_});
  }

  std::mt19937 random_;
  bool strobe_;
  TimeNs now_ns_ = 10'000'000;
  TimeNs busy_until_ns_ = 0;
  std::uint32_t shown_ = 0;
  std::uint32_t used_ = 0;  // open codes
  bool strobe_level_ = false;
  std::vector<Marked> events_;
};

class DamagedCodes : public testing::TestWithParam<bool> {};

constexpr std::uint32_t k_seeds = 300;

TEST_P(DamagedCodes, AreAllReadWhenNothingIsWrong) {
  for (std::uint32_t seed = 0; seed < k_seeds; ++seed) {
    const Scene scene(seed, GetParam());
    const auto decoded = scene.decode();
    ASSERT_EQ(decoded.size(), scene.events().size()) << seed;
    for (const Marked& event : decoded)
      ASSERT_TRUE(scene.holds(event)) << seed << ": " << event.code << " at " << event.time.begin_ns;
  }
}

TEST_P(DamagedCodes, MakeNoEventOutOfALostEdge) {
  std::size_t kept = 0;
  for (std::uint32_t seed = 0; seed < k_seeds; ++seed) {
    Scene scene(seed, GetParam());
    const auto busy = std::ranges::count_if(
        scene.edges, [&](const Edge& edge) { return edge.time_ns < scene.busy_until_ns(); });
    scene.edges.erase(scene.edges.begin() + scene.pick(static_cast<std::size_t>(busy)));
    for (const Marked& event : scene.decode()) {
      ASSERT_TRUE(scene.holds(event)) << seed << ": " << event.code << " at " << event.time.begin_ns;
      ++kept;
    }
  }
  EXPECT_GT(kept, k_seeds * 5);  // it costs some events, not all
}

TEST_P(DamagedCodes, MakeNoEventOverAStretchOfLostEdges) {
  std::size_t kept = 0;
  for (std::uint32_t seed = 0; seed < k_seeds; ++seed) {
    Scene scene(seed, GetParam());
    const TimeNs begin_ns =
        10'000'000 + scene.pick(static_cast<std::size_t>(scene.busy_until_ns() - 10'000'000));
    const TimeRange lost{begin_ns, begin_ns + (50 + scene.pick(5000)) * k_us};
    std::erase_if(scene.edges,
                  [&](const Edge& edge) { return lost.contains(edge.time_ns) && scene.pick(3) != 0; });
    const auto decoded = scene.decode({lost});
    for (const Marked& event : decoded) {
      ASSERT_TRUE(scene.holds(event)) << seed << ": " << event.code << " at " << event.time.begin_ns;
      ASSERT_TRUE(event.time.end_ns <= lost.begin_ns || event.time.begin_ns >= lost.end_ns) << seed;
    }
    for (const Marked& event : scene.events()) {  // what ended before, with all around it, is not lost
      const bool before = std::ranges::all_of(scene.events(), [&](const Marked& other) {
        return intersect(other.time, event.time).empty() || other.time.end_ns + 100 * k_us < lost.begin_ns;
      });
      if (!before) continue;
      ++kept;
      ASSERT_TRUE(std::ranges::any_of(decoded, [&](const Marked& d) { return Scene::same(d, event); }))
          << seed;
    }
  }
  EXPECT_GT(kept, k_seeds);
}

TEST_P(DamagedCodes, PassOverPulsesBetweenTheirChanges) {
  for (std::uint32_t seed = 0; seed < k_seeds; ++seed) {
    Scene scene(seed, GetParam());
    const std::size_t after = scene.pick(scene.edges.size() - 1);
    const TimeNs at_ns = scene.edges[after].time_ns + 30 * k_us;
    if (scene.edges[after + 1].time_ns < at_ns + 60 * k_us) continue;
    const LineId line{scene.pick(GetParam() ? 4 : 3)};
    bool level = false;
    for (std::size_t i = 0; i <= after; ++i)
      level = scene.edges[i].line == line ? scene.edges[i].level : level;
    const std::vector<Edge> pulse{{at_ns, 500, line, !level},
                                  {at_ns + (1 + scene.pick(15)) * k_us, 500, line, level}};
    scene.edges.insert(scene.edges.begin() + static_cast<std::ptrdiff_t>(after) + 1, pulse.begin(),
                       pulse.end());
    const auto decoded = scene.decode();
    for (const Marked& event : decoded)
      ASSERT_TRUE(scene.holds(event)) << seed << ": " << event.code << " at " << event.time.begin_ns;
    // A pulse down to no code at all may have been an end and a begin: then that event is left out.
    ASSERT_GE(decoded.size() + 7, scene.events().size()) << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Coded, DamagedCodes, testing::Bool(),
                         [](const auto& tested) { return tested.param ? "strobe" : "settle"; });

}  // namespace
}  // namespace joulemark
