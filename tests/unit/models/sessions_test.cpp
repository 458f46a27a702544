// SPDX-License-Identifier: GPL-3.0-or-later
// Recording and importing as the window does them.
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/verify.h>

#include <app/models/export_job.h>
#include <app/models/import_job.h>
#include <app/models/instrument_list.h>
#include <app/models/recording_session.h>
#include <app/models/text.h>
#include <app/recording/instruments.h>

#include <tests/support/temporary_folder.h>

#include <gmock/gmock.h>

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace joulemark {
namespace {

using testing::HasSubstr;

constexpr int k_patience_ms = 60'000;

struct Sessions : public testing::Test {
  RecordingRequest request(std::vector<std::string> options, std::optional<double> duration_s) {
    RecordingRequest made;
    made.uri = "sim:kws";
    made.options = std::move(options);
    made.file = folder.file("x.jmk");
    made.limits.duration_s = duration_s;
    return made;
  }
  VerifyReport verified() {
    auto report = verify_capture(folder.file("x.jmk"));
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(VerifyReport{});
  }
  [[nodiscard]] OpenedCapture opened(const char* name) const {
    const std::string path = folder.file(name);
    return {path, CaptureReader::open(path).value()->info().id};
  }
  test::TemporaryFolder folder;
};

TEST_F(Sessions, RecordIntoAClosedFile) {
  RecordingSession session(request({"pace=max", "rate=10kHz"}, 5));
  QSignalSpy ended(&session, &RecordingSession::ended);
  session.start();
  ASSERT_TRUE(ended.wait(k_patience_ms));
  EXPECT_TRUE(ended[0][0].toBool());
  EXPECT_EQ(ended[0][1].toString(), "completed");
  EXPECT_EQ(ended[0][2].toString(), "");
  EXPECT_EQ(session.figures().samples, 50'000);
  const VerifyReport report = verified();
  EXPECT_TRUE(report.closed && report.intact());
  EXPECT_EQ(report.channels[0].good_samples, 50'000);
}

TEST_F(Sessions, ShowTheNewestWhileTheyRun) {
  RecordingSession session(request({"pace=max", "rate=10kHz"}, 5));
  QSignalSpy ended(&session, &RecordingSession::ended);
  QSignalSpy started(&session, &RecordingSession::started);
  session.start();
  ASSERT_TRUE(ended.wait(k_patience_ms));
  ASSERT_EQ(started.count(), 1);
  EXPECT_EQ(session.info().lines.size(), 4U);
  EXPECT_TRUE(session.has(Quantity::current) && session.has(Quantity::power));
  EXPECT_EQ(session.extent(), (TimeRange{0, 5'000'000'000}));
  const auto shown = session.columns(Quantity::current, {1'000'000'000, 2'000'000'000}, 100);
  auto reader = CaptureReader::open(folder.file("x.jmk"));
  std::vector<TimeRange> windows;
  for (TimeNs i = 0; i < 100; ++i)
    windows.push_back({1'000'000'000 + i * 10'000'000, 1'010'000'000 + i * 10'000'000});
  const auto stored = (*reader)->integrals(k_current, windows, Boundary::fractional);
  ASSERT_TRUE(stored);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    EXPECT_NEAR(shown[i].max, (*stored)[i].max, 1e-12) << i;
    EXPECT_NEAR(shown[i].min, (*stored)[i].min, 1e-12) << i;
    EXPECT_NEAR(shown[i].mean, (*stored)[i].mean(), 1e-9) << i;
  }
}

TEST_F(Sessions, MeasureWindowsWhileTheyRun) {
  RecordingSession session(request({"rate=10kHz"}, std::nullopt));
  QSignalSpy started(&session, &RecordingSession::started);
  QSignalSpy measured(&session, &RecordingSession::windowMeasured);
  QSignalSpy ended(&session, &RecordingSession::ended);
  session.start();
  ASSERT_TRUE(started.wait(k_patience_ms));
  const TimeRange window{200'000'000, 1'200'000'000};  // not all of it is there yet
  session.measure_window(1, window);
  ASSERT_TRUE(measured.wait(k_patience_ms));
  ASSERT_EQ(measured[0][0].toULongLong(), 1U);
  session.stop();
  ASSERT_TRUE(ended.count() > 0 || ended.wait(k_patience_ms));
  const auto stats = measured[0][1].value<WindowStats>();
  EXPECT_EQ(stats.time, window);
  const auto reader = CaptureReader::open(folder.file("x.jmk"));
  const auto stored = (*reader)->integrals(k_current, std::array{window}, Boundary::fractional);
  ASSERT_TRUE(stored && stats.current_a);
  EXPECT_NEAR(stats.current_a->mean, (*stored)[0].mean(), 1e-12);
}

TEST_F(Sessions, StopWhenAskedAndKeepWhatCame) {
  RecordingSession session(request({"rate=10kHz"}, std::nullopt));
  QSignalSpy started(&session, &RecordingSession::started);
  QSignalSpy ended(&session, &RecordingSession::ended);
  session.start();
  ASSERT_TRUE(started.wait(k_patience_ms));
  session.stop();
  ASSERT_TRUE(ended.count() > 0 || ended.wait(k_patience_ms));
  EXPECT_EQ(ended[0][1].toString(), "interrupted");
  EXPECT_TRUE(verified().closed);
}

TEST_F(Sessions, DestroyedWhileTheyRunCloseTheirFile) {
  {
    RecordingSession session(request({"rate=100kHz"}, std::nullopt));
    QSignalSpy started(&session, &RecordingSession::started);
    session.start();
    ASSERT_TRUE(started.wait(k_patience_ms));
  }
  const VerifyReport report = verified();
  EXPECT_TRUE(report.closed && report.intact());
  EXPECT_GT(report.channels[0].good_samples, 0);
}

TEST_F(Sessions, TellWhatTheNewestEventsCost) {
  RecordingSession session(request({"rate=10kHz"}, std::nullopt));
  QSignalSpy analysed(&session, &RecordingSession::analysed);
  session.start();
  ASSERT_TRUE(analysed.wait(k_patience_ms));
  const auto recent = analysed[0][0].value<std::shared_ptr<const Analysis>>();
  EXPECT_EQ(recent->report.events.size(), 4U);
  for (const EventRow& row : recent->rows)
    EXPECT_EQ(row.flags & k_flag_outside_capture, 0) << "it can wait until its guard is recorded";
  for (const AnomalyGroup& group : recent->report.quality.anomalies)
    EXPECT_NE(group.kind, AnomalyKind::truncated);
}

TEST_F(Sessions, SayWhyNothingWasRecorded) {
  RecordingRequest bad = request({}, 1);
  bad.uri = "sim:nothing";
  RecordingSession session(bad);
  QSignalSpy ended(&session, &RecordingSession::ended);
  session.start();
  ASSERT_TRUE(ended.wait(k_patience_ms));
  EXPECT_FALSE(ended[0][0].toBool());
  EXPECT_THAT(ended[0][2].toString().toStdString(), HasSubstr("sim:kws"));
  EXPECT_FALSE(std::filesystem::exists(bad.file));
}

TEST_F(Sessions, RefuseToReplaceAFileUnasked) {
  std::ofstream(folder.file("x.jmk")) << "mine";
  RecordingSession session(request({"pace=max"}, 1));
  QSignalSpy ended(&session, &RecordingSession::ended);
  session.start();
  ASSERT_TRUE(ended.wait(k_patience_ms));
  EXPECT_FALSE(ended[0][0].toBool());
  EXPECT_EQ(std::filesystem::file_size(folder.file("x.jmk")), 4U);
}

TEST_F(Sessions, ImportWhatCanBeReadAndSayWhatCannot) {
  std::ofstream(folder.file("good.csv")) << "Timestamp(ms),Current(uA)\n0,100\n1,200\n2,300\n3,250\n";
  std::ofstream(folder.file("bad.csv")) << "this is no table\nat all\n";
  ImportJob job;
  QSignalSpy done(&job, &ImportJob::done);
  QSignalSpy failed(&job, &ImportJob::failed);
  job.start({{folder.file("good.csv")}, "csv", {"voltage=3V"}, folder.file("good.jmk"), false});
  ASSERT_TRUE(done.count() + failed.count() > 0 || done.wait(k_patience_ms)) << failed.count();
  EXPECT_TRUE(CaptureReader::open(folder.file("good.jmk")));
  job.start({{folder.file("bad.csv")}, "csv", {}, folder.file("bad.jmk"), false});
  ASSERT_TRUE(failed.wait(k_patience_ms));
  EXPECT_THAT(failed[0][0].toString().toStdString(), HasSubstr("bad.csv"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("bad.jmk")));
}

TEST_F(Sessions, ExportWhatIsChosenAndLeaveNothingWhereThatFails) {
  std::ofstream(folder.file("in.csv")) << "Timestamp(ms),Current(uA)\n0,100\n1,200\n2,300\n3,250\n";
  ImportJob import;
  QSignalSpy imported(&import, &ImportJob::done);
  import.start({{folder.file("in.csv")}, "csv", {}, folder.file("in.jmk"), false});
  ASSERT_TRUE(imported.wait(k_patience_ms));
  ExportJob job;
  QSignalSpy done(&job, &ExportJob::done);
  QSignalSpy failed(&job, &ExportJob::failed);
  const std::string id = CaptureReader::open(folder.file("in.jmk")).value()->info().id;
  job.start_samples({folder.file("in.jmk"), id}, TimeRange{1'000'000, 3'000'000},
                    to_qt(folder.file("out.csv")));
  ASSERT_TRUE(done.wait(k_patience_ms));
  std::ifstream written(folder.file("out.csv"));
  const std::string text{std::istreambuf_iterator<char>(written), {}};
  EXPECT_EQ(text, "t_s,current_a\n0.001000000,0.0002\n0.002000000,0.0003\n");
  job.start_samples({folder.file("gone.jmk"), id}, TimeRange{0, 1}, to_qt(folder.file("none.csv")));
  ASSERT_TRUE(failed.wait(k_patience_ms));
  EXPECT_THAT(failed[0][0].toString().toStdString(), HasSubstr("gone.jmk"));
  job.start_samples({folder.file("in.jmk"), "another"}, TimeRange{0, 1}, to_qt(folder.file("none.csv")));
  ASSERT_TRUE(failed.wait(k_patience_ms));
  EXPECT_THAT(failed[1][0].toString().toStdString(), HasSubstr("another capture"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("none.csv")));
}

TEST_F(Sessions, SayOfACancelledExportThatNothingWasWritten) {
  RecordingSession session(request({"pace=max", "rate=100kHz"}, 5));
  QSignalSpy ended(&session, &RecordingSession::ended);
  session.start();
  ASSERT_TRUE(ended.wait(k_patience_ms));
  for (const std::string& file : {folder.file("out.json"), folder.file("out.csv")}) {
    ExportJob job;
    QSignalSpy done(&job, &ExportJob::done);
    QSignalSpy failed(&job, &ExportJob::failed);
    if (file.ends_with("json")) job.start_report(opened("x.jmk"), {}, {}, to_qt(file));
    if (file.ends_with("csv")) job.start_samples(opened("x.jmk"), {0, 5'000'000'000}, to_qt(file));
    job.cancel();
    ASSERT_TRUE(failed.wait(k_patience_ms)) << file;
    EXPECT_EQ(failed[0][0].toString().toStdString(), "cancelled") << file;
    EXPECT_EQ(done.count(), 0) << file;
    EXPECT_FALSE(std::filesystem::exists(file)) << file;
  }
}

TEST_F(Sessions, SayThatAReportIsWrittenWhereverItIsCancelledOnlyIfItIs) {
  RecordingSession session(request({"pace=max", "rate=100kHz"}, 20));
  QSignalSpy ended(&session, &RecordingSession::ended);
  session.start();
  ASSERT_TRUE(ended.wait(k_patience_ms));
  ExportJob job;
  QSignalSpy done(&job, &ExportJob::done);
  QSignalSpy failed(&job, &ExportJob::failed);
  const std::string file = folder.file("out.json");
  QElapsedTimer whole;
  whole.start();
  job.start_report(opened("x.jmk"), {}, {}, to_qt(file));
  ASSERT_TRUE(done.wait(k_patience_ms));
  const auto whole_ms = static_cast<double>(whole.elapsed());
  constexpr int k_places = 30;
  for (int place = 0; place < k_places; ++place) {
    std::filesystem::remove(file);
    done.clear();
    failed.clear();
    job.start_report(opened("x.jmk"), {}, {}, to_qt(file));
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(whole_ms * place / k_places));
    job.cancel();
    QTRY_VERIFY_WITH_TIMEOUT(done.count() + failed.count() > 0, k_patience_ms);
    EXPECT_EQ(done.count() > 0, std::filesystem::exists(file)) << place << " of " << k_places;
  }
}

TEST(InstrumentList, ListsUnusableOnesWithTheirReason) {
  InstrumentRegistry registry;
  InstrumentFamily attached{
      "bench", "a bench supply", "bench:", {{"rate", OptionKind::scalar, "Hz", "", "", ""}}, {}};
  attached.discover = []() -> Result<std::vector<DeviceListing>> {
    return std::vector<DeviceListing>{{"bench:1", "the first", true, "", ""},
                                      {"bench:2", "the second", false, "not permitted", "install the rule"}};
  };
  InstrumentFamily broken{"wire", "another", "wire:", {}, {}};
  broken.discover = []() -> Result<std::vector<DeviceListing>> { return fail(ErrorCode::io, "no bus"); };
  registry.add({"sim", "a simulation", "sim:x", {}, {}});
  registry.add(attached);
  registry.add(broken);
  InstrumentList list(std::move(registry));
  QSignalSpy refreshed(&list, &InstrumentList::refreshed);
  list.refresh();
  ASSERT_TRUE(refreshed.wait(k_patience_ms));
  ASSERT_EQ(list.rowCount(), 4);
  EXPECT_EQ(list.entry(0).uri, "bench:1");
  EXPECT_FALSE(list.flags(list.index(1)).testFlag(Qt::ItemIsEnabled));
  EXPECT_THAT(list.index(1).data().toString().toStdString(), HasSubstr("not permitted"));
  EXPECT_EQ(list.entry(2).reason, "no bus");
  EXPECT_EQ(list.entry(3).uri, "sim:x") << "simulations last";
  EXPECT_EQ(list.options_of("bench:9").size(), 1U);
  EXPECT_TRUE(list.options_of("nonsense").empty());
}

}  // namespace
}  // namespace joulemark
