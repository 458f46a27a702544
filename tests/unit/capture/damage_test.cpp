// SPDX-License-Identifier: Apache-2.0
// Damaged files: the right value or an Error or an Anomaly, never a wrong number.
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/database.h>
#include <analysis/capture/edit_capture.h>
#include <analysis/capture/schema.h>
#include <analysis/capture/verify.h>
#include <analysis/model/memory_capture.h>

#include <tests/support/temporary_folder.h>
#include <tests/unit/capture/random_capture.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <stop_token>

namespace joulemark {
namespace {

const test::RandomShape k_shape{.voltage_rate_hz = 5'000, .samples = 50'000, .gap_chance = 0.01};

void feed_all(SampleSink& sink) {
  ASSERT_TRUE(sink.begin(test::random_info(k_shape)));
  test::feed_random(k_shape, 9, sink);
  for (int i = 0; i < 9000; ++i)
    ASSERT_TRUE(sink.accept(Edge{i * 1000, 0, LineId{0}, i % 2 == 0}));
  ASSERT_TRUE(sink.accept(MetadataItem{"useful", "inference"}));
  ASSERT_TRUE(sink.accept(Marker{"reset", MarkerKind::instant, MarkerSource::person, 99}));
  ASSERT_TRUE(sink.accept(ClockPoint{"utc", 0, 1'770'000'000'000'000'000, 50}));
  ASSERT_TRUE(
      sink.accept(Anomaly{AnomalyKind::clipped, Severity::doubtful, ChannelId{0}, {5, 9}, 3, 17, "stuck"}));
  ASSERT_TRUE(sink.accept(MetadataItem{"event.inference", "d0"}));
  ASSERT_TRUE(sink.end(EndReason::completed));
}

class DamagedCapture : public testing::Test {
 protected:
  void SetUp() override {
    CaptureWriter writer({path_, CaptureMode::bulk});
    feed_all(writer);
    feed_all(memory_);
    good_ = read_bytes(path_);
    ASSERT_TRUE(memory_.read(ChannelId{0}, {0, 1 << 30}, [&](const SampleBlock& block) -> Status {
      for (std::size_t i = 0; i < block.values.size(); ++i)
        truth_[block.first_index + static_cast<std::int64_t>(i)] = block.values[i];
      return {};
    }));
    const TimeRange all = memory_.extent(k_power).value().time;
    windows_ = test::random_windows(all, 100'000, 6, 4);
    integrals_ = memory_.integrals(k_power, windows_, Boundary::fractional).value();
  }

  void write(const std::vector<char>& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  static std::vector<char> read_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::int64_t total_samples() {
    return memory_.extent(ChannelId{0})->samples + memory_.extent(ChannelId{1})->samples;
  }

  void expect_true_samples() {
    const auto reader = std::move(CaptureReader::open(path_).value());
    ASSERT_TRUE(reader->read(ChannelId{0}, {0, 1 << 30}, [&](const SampleBlock& block) -> Status {
      for (std::size_t i = 0; i < block.values.size(); ++i)
        EXPECT_EQ(block.values[i], truth_.at(block.first_index + static_cast<std::int64_t>(i)));
      return {};
    }));
  }

  // Everything the reader gives is true, or it gives an Error. The number of questions it answered.
  int ask() {
    const auto opened = CaptureReader::open(path_);
    if (!opened) return 0;
    SampleSource& reader = **opened;
    EXPECT_EQ(reader.info(), memory_.info());
    int answered = 1;
    const Status read = reader.read(ChannelId{0}, {0, 1 << 30}, [&](const SampleBlock& block) -> Status {
      for (std::size_t i = 0; i < block.values.size(); ++i)
        EXPECT_EQ(block.values[i], truth_.at(block.first_index + static_cast<std::int64_t>(i)));
      return {};
    });
    answered += read.has_value();
    const auto integrals = reader.integrals(k_power, windows_, Boundary::fractional);
    for (std::size_t i = 0; integrals && i < windows_.size(); ++i) {
      EXPECT_NEAR((*integrals)[i].integral, integrals_[i].integral, 1e-9 * std::abs(integrals_[i].integral));
      EXPECT_EQ((*integrals)[i].samples, integrals_[i].samples);
    }
    answered += integrals.has_value();
    for (const ChannelId channel : {ChannelId{0}, k_power}) {
      const auto view = reader.view(channel, {0, 480'000'000}, 20);
      for (const ViewColumn& column : view ? *view : std::vector<ViewColumn>()) {
        EXPECT_TRUE(column.count == 0 || (std::isfinite(column.mean) && column.min <= column.max));
      }
      answered += view.has_value();
    }
    TimeNs last_ns = -1;
    std::int64_t edges = 0;
    const Status visited = reader.edges(k_all_time, [&](std::span<const Edge> batch) -> Status {
      for (const Edge& edge : batch) {
        EXPECT_GT(edge.time_ns, last_ns);
        EXPECT_EQ(edge.time_ns % 1000, 0);
        last_ns = edge.time_ns;
        ++edges;
      }
      return {};
    });
    if (visited) {
      EXPECT_EQ(edges, 9000);
      ++answered;
    }
    return answered + (items_are_whole(reader) ? 1 : 0);
  }

  // What is left out is named, and nothing is there that was not recorded.
  bool items_are_whole(SampleSource& reader) {
    const auto anomalies = reader.anomalies();
    const auto metadata = reader.metadata();
    const auto markers = reader.markers();
    const auto clock_points = reader.clock_points();
    if (!anomalies || !metadata || !markers || !clock_points) return false;
    const bool whole = *anomalies == memory_.anomalies().value() && *metadata == memory_.metadata().value() &&
                       *markers == memory_.markers().value() &&
                       *clock_points == memory_.clock_points().value();
    EXPECT_TRUE(whole || anomalies->back().kind == AnomalyKind::damaged);
    const auto all = memory_.metadata().value();
    for (const MetadataItem& item : *metadata)
      EXPECT_THAT(all, testing::Contains(item));
    return whole;
  }

  test::TemporaryFolder folder_;
  std::string path_ = folder_.file("x.jmk");
  MemoryCapture memory_;
  std::vector<char> good_;
  std::map<std::int64_t, float> truth_;
  std::vector<TimeRange> windows_;
  std::vector<Integral> integrals_;
};

TEST_F(DamagedCapture, AnswersEverythingWhileItIsWhole) {
  EXPECT_EQ(ask(), 7);
}

TEST_F(DamagedCapture, NeverGivesAWrongNumberWhateverByteIsFlipped) {
  std::mt19937_64 random(1);
  int refused = 0;
  for (int round = 0; round < 150 && !HasFailure(); ++round) {
    std::vector<char> bytes = good_;
    const std::size_t flips = 1 + random() % 3;
    for (std::size_t i = 0; i < flips; ++i) {
      const std::size_t at = round % 3 == 0 ? random() % 65536 : random() % bytes.size();  // heads too
      bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 << random() % 8));
    }
    SCOPED_TRACE(testing::Message() << "round " << round);
    write(bytes);
    refused += ask() < 7;
  }
  EXPECT_GT(refused, 50);
}

TEST_F(DamagedCapture, NeverGivesAWrongNumberWhereverItIsCutOff) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 40 && !HasFailure(); ++round) {
    std::vector<char> bytes = good_;
    bytes.resize(random() % bytes.size());
    SCOPED_TRACE(testing::Message() << "cut to " << bytes.size());
    write(bytes);
    (void)ask();
    EXPECT_FALSE(verify_capture(path_).has_value() && verify_capture(path_)->intact());
  }
}

TEST_F(DamagedCapture, NamesWhatIsLostAndRepairKeepsTheRestWithARecordOfTheLoss) {
  {
    auto db = capture::Database::open(path_, capture::Database::Access::write);
    ASSERT_TRUE(db);
    ASSERT_TRUE(
        db->execute("UPDATE samples SET data=zeroblob(100) WHERE block=(SELECT id FROM blocks WHERE "
                    "channel=0 ORDER BY first_index LIMIT 1 OFFSET 1)"));
  }
  const VerifyReport found = verify_capture(path_).value();
  ASSERT_EQ(found.damage.size(), 1U);
  EXPECT_EQ(found.damage[0].channel, ChannelId{0});
  const IndexRange lost = found.damage[0].indices;
  EXPECT_GT(lost.count(), 0);
  EXPECT_EQ(found.channels[0].lost_samples, lost.count());
  EXPECT_EQ(found.channels[1].lost_samples, 0);
  EXPECT_FALSE(CaptureReader::open(path_).value()->read(ChannelId{0}, lost,
                                                        [](const SampleBlock&) -> Status { return {}; }));

  const auto repaired = repair_capture(path_);
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_TRUE(std::filesystem::exists(repaired->original));
  const VerifyReport after = verify_capture(path_).value();
  EXPECT_TRUE(after.intact()) << after.damage[0].what;
  EXPECT_EQ(after.channels[0].good_samples, found.channels[0].good_samples);
  EXPECT_EQ(after.good_edges, 9000);
  const auto reader = std::move(CaptureReader::open(path_).value());
  const std::vector<Anomaly> anomalies = reader->anomalies().value();
  ASSERT_EQ(anomalies.size(), 2U);  // the recorded one, and the loss
  EXPECT_EQ(anomalies[1].kind, AnomalyKind::damaged);
  EXPECT_EQ(anomalies[1].severity, Severity::data_loss);
  EXPECT_EQ(anomalies[1].first_index, lost.begin);
  EXPECT_EQ(anomalies[1].count, lost.count());
  ASSERT_TRUE(reader->read(ChannelId{0}, {0, 1 << 30}, [&](const SampleBlock& block) -> Status {
    for (std::size_t i = 0; i < block.values.size(); ++i)
      EXPECT_EQ(block.values[i], truth_.at(block.first_index + static_cast<std::int64_t>(i)));
    return {};
  }));
}

TEST_F(DamagedCapture, ARepairThatIsStoppedLeavesAllAsItWas) {
  {
    auto db = capture::Database::open(path_, capture::Database::Access::write);
    ASSERT_TRUE(db && db->execute("UPDATE samples SET data=zeroblob(100) WHERE block=1"));
  }
  const auto size = std::filesystem::file_size(path_);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(repair_capture(path_, {}, stop.get_token()));
  EXPECT_EQ(std::filesystem::file_size(path_), size);
  EXPECT_EQ(
      std::distance(std::filesystem::directory_iterator(std::filesystem::path(path_).parent_path()), {}), 1);
  EXPECT_TRUE(repair_capture(path_));
}

TEST_F(DamagedCapture, LostBlocksNextToOneAnotherAreOnePlace) {
  {
    auto db = capture::Database::open(path_, capture::Database::Access::write);
    ASSERT_TRUE(db);
    ASSERT_TRUE(
        db->execute("UPDATE samples SET data=zeroblob(100) WHERE block IN (SELECT id FROM blocks WHERE "
                    "channel=0 ORDER BY first_index LIMIT 3)"));
  }
  auto db = capture::Database::open(path_, capture::Database::Access::read);
  const std::int64_t end =
      db->integer(
            "SELECT max(first_index + count) FROM (SELECT * FROM blocks WHERE channel=0 ORDER BY "
            "first_index LIMIT 3)")
          .value();
  const std::int64_t places =  // blocks that begin where the one before ends belong together
      db->integer(
            "SELECT count(*) FROM (SELECT first_index - coalesce(lag(first_index + count) OVER "
            "(ORDER BY first_index), -1) AS hole FROM blocks WHERE channel=0 ORDER BY first_index "
            "LIMIT 3) WHERE hole != 0")
          .value();
  const VerifyReport found = verify_capture(path_).value();
  ASSERT_EQ(found.damage_count, places);
  EXPECT_LT(places, 3);
  EXPECT_EQ(found.damage.back().indices.end, end);
  EXPECT_THAT(found.damage.back().what, testing::HasSubstr(" blocks): their checksum does not fit"));
  std::int64_t lost = 0;
  for (const Damage& damage : found.damage)
    lost += damage.indices.count();
  EXPECT_EQ(lost, found.channels[0].lost_samples);
}

TEST_F(DamagedCapture, FaultyRowsAndSumsNextToOneAnotherAreOnePlace) {
  {
    auto db = capture::Database::open(path_, capture::Database::Access::write);
    ASSERT_TRUE(db);
    ASSERT_TRUE(db->execute("UPDATE edges SET data=zeroblob(9) WHERE id IN (1, 2)"));
    ASSERT_TRUE(db->execute("DELETE FROM summaries WHERE channel=0 AND level=1"));
  }
  std::vector<std::string> texts;
  const VerifyReport found = verify_capture(path_).value();
  for (const Damage& damage : found.damage)
    texts.push_back(damage.what);
  EXPECT_THAT(texts, testing::Contains("edges: rows 1 to 2 are damaged"));
  EXPECT_EQ(std::count_if(texts.begin(), texts.end(),
                          [](const std::string& text) { return text.find("level 1: ") != text.npos; }),
            1);
}

TEST_F(DamagedCapture, WhatSqliteSaysIsNeverAllThatIsSaid) {
  std::mt19937_64 random(11);
  int quoted = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<char> bytes = good_;
    const std::size_t at = 4096 * (1 + random() % (bytes.size() / 4096 - 1));
    for (std::size_t i = 0; i < 64; ++i)
      bytes[at + i] = static_cast<char>(random());
    write(bytes);
    const auto found = verify_capture(path_);
    std::vector<std::string> texts{found ? "" : found.error().message};
    for (const Damage& damage : found ? found->damage : std::vector<Damage>())
      texts.push_back(damage.what);
    for (const std::string& text : texts) {
      const bool raw = text.find("malformed") != text.npos || text.find("btreeInitPage") != text.npos ||
                       text.find("Page ") != text.npos;
      if (!raw) continue;
      ++quoted;
      EXPECT_THAT(text, testing::ContainsRegex("damaged.*SQLite"));
    }
  }
  EXPECT_GT(quoted, 5);
}

TEST_F(DamagedCapture, RepairMakesLostSummariesAnewWithoutLoss) {
  {
    auto db = capture::Database::open(path_, capture::Database::Access::write);
    ASSERT_TRUE(db);
    ASSERT_TRUE(db->execute("DELETE FROM summaries WHERE level=1; UPDATE blocks SET sum=sum*2 WHERE id=2"));
  }
  EXPECT_FALSE(CaptureReader::open(path_).value()->integrals(k_power, windows_, Boundary::fractional));
  EXPECT_FALSE(verify_capture(path_).value().intact());
  ASSERT_TRUE(repair_capture(path_));
  const VerifyReport after = verify_capture(path_).value();
  EXPECT_TRUE(after.intact());
}

TEST_F(DamagedCapture, RepairOfRandomDamageLeavesAnIntactFileThatTellsTheTruth) {
  std::mt19937_64 random(5);
  int repaired = 0;
  for (int round = 0; round < 25 && !HasFailure(); ++round) {
    std::vector<char> bytes = good_;
    for (int i = 0; i < 3; ++i)
      bytes[16384 + random() % (bytes.size() - 16384)] = static_cast<char>(random());
    write(bytes);
    SCOPED_TRACE(testing::Message() << "round " << round);
    if (!repair_capture(path_)) continue;
    ++repaired;
    const auto after = verify_capture(path_);
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_TRUE(after->intact()) << after->damage[0].what;
    const auto reader = std::move(CaptureReader::open(path_).value());
    ASSERT_TRUE(reader->read(ChannelId{0}, {0, 1 << 30}, [&](const SampleBlock& block) -> Status {
      for (std::size_t i = 0; i < block.values.size(); ++i)
        EXPECT_EQ(block.values[i], truth_.at(block.first_index + static_cast<std::int64_t>(i)));
      return {};
    }));
  }
  EXPECT_GT(repaired, 10);
}

TEST(Schema, ReadsFilesOfVersionOne) {
  test::TemporaryFolder folder;
  const std::string path = folder.file("old.jmk");
  CaptureWriter writer({path, CaptureMode::bulk});
  feed_all(writer);
  auto db = capture::Database::open(path, capture::Database::Access::write);
  ASSERT_TRUE(db->execute("PRAGMA user_version = 1"));
  EXPECT_TRUE(CaptureReader::open(path));
  ASSERT_TRUE(db->execute("PRAGMA user_version = 0"));
  EXPECT_FALSE(CaptureReader::open(path));
}

TEST_F(DamagedCapture, RepairKeepsWhatIsLeftOfAFileThatIsCutOff) {
  std::mt19937_64 random(3);
  std::int64_t most = 0;
  for (int round = 0; round < 12 && !HasFailure(); ++round) {
    std::vector<char> bytes = good_;
    bytes.resize(bytes.size() / 4 + random() % (bytes.size() * 3 / 4));
    SCOPED_TRACE(testing::Message() << "cut to " << bytes.size() << " of " << good_.size());
    write(bytes);
    const auto opened = CaptureReader::open(path_);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, testing::HasSubstr("the end of the file is gone"));
    const auto repaired = repair_capture(path_);
    ASSERT_TRUE(repaired) << repaired.error().message;
    EXPECT_EQ(read_bytes(repaired->original), bytes);
    const VerifyReport after = verify_capture(path_).value();
    EXPECT_TRUE(after.intact()) << after.damage[0].what;
    const std::int64_t kept = after.channels[0].good_samples + after.channels[1].good_samples;
    EXPECT_EQ(kept + repaired->found.lost_samples(), total_samples());
    most = std::max(most, kept);
    expect_true_samples();
    const auto anomalies = CaptureReader::open(path_).value()->anomalies().value();
    const bool told = std::any_of(anomalies.begin(), anomalies.end(), [](const Anomaly& a) {
      return a.kind == AnomalyKind::damaged && a.severity == Severity::data_loss;
    });
    EXPECT_EQ(told, !repaired->found.lossless());  // the very end may hold nothing but summaries
  }
  EXPECT_GT(most, total_samples() / 2);
}

TEST_F(DamagedCapture, OneDamagedItemCostsOnlyItselfAndIsNamed) {
  for (const char* damage : {"UPDATE metadata SET value='frontend' WHERE id=1",
                             "DELETE FROM metadata WHERE id=1", "UPDATE anomalies SET count=18 WHERE id=1",
                             "UPDATE markers SET time_ns=7 WHERE id=1", "DELETE FROM clock_points"}) {
    SCOPED_TRACE(damage);
    write(good_);
    {
      auto db = capture::Database::open(path_, capture::Database::Access::write);
      ASSERT_TRUE(db);
      ASSERT_TRUE(db->execute(damage));
    }
    {
      const auto reader = std::move(CaptureReader::open(path_).value());
      const std::size_t items =
          reader->metadata()->size() + reader->markers()->size() + reader->clock_points()->size();
      const auto anomalies = reader->anomalies().value();
      EXPECT_EQ(items + anomalies.size(), 5U);  // one item lost, one Anomaly more
      EXPECT_EQ(anomalies.back().kind, AnomalyKind::damaged);
      EXPECT_EQ(anomalies.back().severity, Severity::data_loss);
      expect_true_samples();
    }
    EXPECT_EQ(verify_capture(path_)->lost_items, 1);
    const auto repaired = repair_capture(path_);
    ASSERT_TRUE(repaired);
    EXPECT_FALSE(repaired->found.lossless());
    EXPECT_EQ(repaired->found.lost_samples(), 0);
    const auto anomalies = CaptureReader::open(path_).value()->anomalies().value();
    EXPECT_EQ(anomalies.back().kind, AnomalyKind::damaged);
    EXPECT_TRUE(verify_capture(path_)->intact());
  }
}

TEST_F(DamagedCapture, AnEditDoesNotHideThatRowsAreMissing) {
  {
    auto db = capture::Database::open(path_, capture::Database::Access::write);
    ASSERT_TRUE(db);
    ASSERT_TRUE(db->execute("DELETE FROM blocks WHERE id=3"));
  }
  const Status edited = edit_capture(path_, {.metadata = {{"note", "x"}}});
  ASSERT_FALSE(edited);
  EXPECT_EQ(edited.error().code, ErrorCode::unreadable);
  EXPECT_FALSE(verify_capture(path_)->intact());
}

TEST_F(DamagedCapture, RepairFollowsLinksAndKeepsEarlierOriginals) {
  const std::string link = folder_.file("link.jmk");
  std::filesystem::create_symlink("x.jmk", link);
  std::set<std::string> originals;
  for (int round = 0; round < 3; ++round) {
    std::vector<char> bytes = good_;
    bytes.resize(bytes.size() - 8192 * static_cast<std::size_t>(1 + round));
    write(bytes);
    const auto repaired = repair_capture(link);
    ASSERT_TRUE(repaired) << repaired.error().message;
    EXPECT_EQ(read_bytes(repaired->original), bytes);
    originals.insert(repaired->original);
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_TRUE(verify_capture(link)->intact());
  }
  EXPECT_EQ(originals.size(), 3U);
}

TEST(LostLog, IsSaidAndNotTakenForAWholeFile) {
  const test::TemporaryFolder folder;
  const std::string recording = folder.file("recording.jmk");
  const std::string copy = folder.file("copy.jmk");
  CaptureWriter writer({recording, CaptureMode::live});
  ASSERT_TRUE(writer.begin(test::random_info({})));
  std::filesystem::copy_file(recording, copy);
  const auto empty = CaptureReader::open(copy);
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message, testing::HasSubstr("without its -wal file"));

  test::feed_random({}, 1, writer);
  ASSERT_TRUE(writer.end(EndReason::completed));
  // A recorder that was killed: nobody closed it, and its -wal is elsewhere.
  {
    auto db = capture::Database::open(recording, capture::Database::Access::write);
    ASSERT_TRUE(db->execute("DELETE FROM ending; PRAGMA journal_mode=WAL"));
  }
  ASSERT_FALSE(std::filesystem::exists(recording + "-wal"));
  const VerifyReport found = verify_capture(recording).value();
  EXPECT_TRUE(found.log_missing);
  EXPECT_FALSE(found.lossless());
  EXPECT_THAT(CaptureReader::open(recording).value()->anomalies()->back().message,
              testing::HasSubstr("its -wal file is not there"));
  ASSERT_TRUE(repair_capture(recording));
  EXPECT_THAT(CaptureReader::open(recording).value()->anomalies()->back().message,
              testing::HasSubstr("its -wal file is not there"));
  EXPECT_TRUE(verify_capture(recording)->lossless());
}

TEST(Schema, StepsForwardAndRefusesNewerFiles) {
  test::TemporaryFolder folder;
  auto db = capture::Database::open(folder.file("old.db"), capture::Database::Access::create);
  ASSERT_TRUE(db);
  const std::array<capture::Migration, 1> first{"CREATE TABLE a(x); INSERT INTO a VALUES(1)"};
  const std::array<capture::Migration, 3> later{first[0], "ALTER TABLE a ADD COLUMN y DEFAULT 5",
                                                "UPDATE a SET x = x + y"};
  ASSERT_TRUE(capture::migrate(*db, first));
  ASSERT_TRUE(capture::migrate(*db, later));
  EXPECT_EQ(db->integer("SELECT x FROM a").value(), 6);
  EXPECT_EQ(db->integer("PRAGMA user_version").value(), 3);
  const Status refused = capture::migrate(*db, first);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::capability);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("newer joulemark"));

  const std::array<capture::Migration, 4> broken{later[0], later[1], later[2],
                                                 "UPDATE a SET x = 0; SELECT nonsense"};
  EXPECT_FALSE(capture::migrate(*db, broken));
  EXPECT_EQ(db->integer("SELECT x FROM a").value(), 6);
  EXPECT_EQ(db->integer("PRAGMA user_version").value(), 3);
}

}  // namespace
}  // namespace joulemark
