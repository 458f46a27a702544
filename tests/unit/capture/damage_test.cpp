// SPDX-License-Identifier: Apache-2.0
// Damaged files: the right value or an Error or an Anomaly, never a wrong number.
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/database.h>
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
#include <map>
#include <random>

namespace joulemark {
namespace {

const test::RandomShape k_shape{.voltage_rate_hz = 5'000, .samples = 50'000, .gap_chance = 0.01};

void feed_all(SampleSink& sink) {
  ASSERT_TRUE(sink.begin(test::random_info(k_shape)));
  test::feed_random(k_shape, 9, sink);
  for (int i = 0; i < 9000; ++i)
    ASSERT_TRUE(sink.accept(Edge{i * 1000, 0, LineId{0}, i % 2 == 0}));
  ASSERT_TRUE(sink.accept(MetadataItem{"useful", "inference"}));
  ASSERT_TRUE(sink.end(EndReason::completed));
}

class DamagedCapture : public testing::Test {
 protected:
  void SetUp() override {
    CaptureWriter writer({path_, CaptureMode::bulk});
    feed_all(writer);
    feed_all(memory_);
    std::ifstream file(path_, std::ios::binary);
    good_.assign(std::istreambuf_iterator<char>(file), {});
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
    const auto metadata = reader.metadata();
    if (metadata) {
      EXPECT_EQ(*metadata, memory_.metadata().value());
    }
    return answered + metadata.has_value();
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
  ASSERT_EQ(anomalies.size(), 1U);
  EXPECT_EQ(anomalies[0].kind, AnomalyKind::damaged);
  EXPECT_EQ(anomalies[0].severity, Severity::data_loss);
  EXPECT_EQ(anomalies[0].first_index, lost.begin);
  EXPECT_EQ(anomalies[0].count, lost.count());
  ASSERT_TRUE(reader->read(ChannelId{0}, {0, 1 << 30}, [&](const SampleBlock& block) -> Status {
    for (std::size_t i = 0; i < block.values.size(); ++i)
      EXPECT_EQ(block.values[i], truth_.at(block.first_index + static_cast<std::int64_t>(i)));
    return {};
  }));
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
