// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/report/json.h>

#include <app/models/capture_document.h>
#include <app/recording/instruments.h>
#include <app/recording/recorder.h>

#include <tests/support/temporary_folder.h>

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <string>
#include <utility>
#include <vector>

namespace joulemark::test {

inline constexpr int k_patience_ms = 60'000;

class Document : public testing::Test {
 protected:
  // Half a minute of the simulated board at 10 kS/s, with a gap.
  void SetUp() override {
    const std::vector<std::string> options{"pace=max", "rate=10kHz", "gap=2s,samples=500"};
    auto instrument = make_registry().open("sim:kws", options);
    ASSERT_TRUE(instrument);
    CaptureWriter writer({.path = path, .mode = CaptureMode::live});
    ASSERT_TRUE(record(**instrument, writer, {30.0, {}, false}, {}));
  }

  void open(CaptureDocument& document, const std::string& file) {
    QSignalSpy opened(&document, &CaptureDocument::opened);
    QSignalSpy analysed(&document, &CaptureDocument::analysisChanged);
    document.open(QString::fromStdString(file));
    ASSERT_TRUE(opened.wait(k_patience_ms));
    ASSERT_TRUE(analysed.count() > 0 || analysed.wait(k_patience_ms));
  }

  void change(CaptureDocument& document, EventSetup setup) {
    QSignalSpy analysed(&document, &CaptureDocument::analysisChanged);
    ASSERT_TRUE(document.change_setup(std::move(setup), "change"));
    ASSERT_TRUE(analysed.wait(k_patience_ms));
  }

  // What the command line says of the file.
  Analysis reported(const ReportOptions& options = {}) {
    auto reader = CaptureReader::open(path);
    EXPECT_TRUE(reader);
    auto analysis = build_report(**reader, options);
    EXPECT_TRUE(analysis) << analysis.error().message;
    return std::move(*analysis);
  }

  static std::string json(Report report) {
    report.capture.file.clear();
    return to_json(report);
  }

  EventSetup kept() {
    auto setup = read_setup(*CaptureReader::open(path).value());
    EXPECT_TRUE(setup);
    return std::move(*setup);
  }

  test::TemporaryFolder folder;
  std::string path = folder.file("sim.jmk");
};

}  // namespace joulemark::test
