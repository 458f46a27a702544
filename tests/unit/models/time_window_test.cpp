// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/text.h>
#include <app/models/time_window.h>

#include <gtest/gtest.h>

#include <QSignalSpy>

namespace joulemark {
namespace {

struct Bench : public testing::Test {
  Bench() {
    window.set_limits({0, 1'000'000}, 100);
    window.show_all();
  }
  TimeWindow window;
};

using TimeWindowTest = Bench;

TEST_F(TimeWindowTest, ZoomsAboutThePlaceUnderThePointer) {
  window.zoom(0.5, 250'000);
  EXPECT_EQ(window.range(), (TimeRange{125'000, 625'000}));
  window.zoom(0.1, 125'000);
  EXPECT_EQ(window.range(), (TimeRange{125'000, 175'000}));
}

TEST_F(TimeWindowTest, NeverLeavesItsLimitsNorGoesTooClose) {
  window.zoom(3, 500'000);
  EXPECT_EQ(window.range(), (TimeRange{0, 1'000'000}));
  window.show({900'000, 950'000});
  window.pan(500'000);
  EXPECT_EQ(window.range(), (TimeRange{950'000, 1'000'000}));
  window.zoom(1e-9, 960'000);
  EXPECT_EQ(window.range().length_ns(), 100);
}

TEST_F(TimeWindowTest, ForgetsTheWayItCame) {
  window.show({10, 2000});
  ASSERT_TRUE(window.can_go_back());
  window.forget_way();
  EXPECT_FALSE(window.can_go_back());
  window.back();
  EXPECT_EQ(window.range(), (TimeRange{10, 2000}));
}

TEST_F(TimeWindowTest, GoesBackTheWayItCame) {
  window.show({10, 2000});
  window.show({500, 900});
  window.back();
  EXPECT_EQ(window.range(), (TimeRange{10, 2000}));
  window.back();
  EXPECT_EQ(window.range(), (TimeRange{0, 1'000'000}));
}

TEST_F(TimeWindowTest, GoesBackFromWhatWasShownTwice) {
  window.show({10, 2000});
  window.show({500, 900});
  window.show({500, 900});
  window.back();
  EXPECT_EQ(window.range(), (TimeRange{10, 2000}));
}

TEST_F(TimeWindowTest, TellsOfAChangeOnce) {
  QSignalSpy changes(&window, &TimeWindow::rangeChanged);
  window.show({10, 2000});
  window.show({10, 2000});
  EXPECT_EQ(changes.count(), 1);
  QSignalSpy cursors(&window, &TimeWindow::cursorsChanged);
  window.set_cursors(1, TimeRange{5, 6});
  window.set_cursors(1, TimeRange{5, 6});
  EXPECT_EQ(cursors.count(), 1);
}

TEST(Text, ShowsFiguresAsPeopleWriteThem) {
  EXPECT_EQ(si_text(1.482e-3, "J").toStdString(), "1.482\u00a0mJ");
  EXPECT_EQ(si_text(-18.4e-6, "A", 3).toStdString(), "\u221218.4\u00a0\u00b5A");
  EXPECT_EQ(si_text(std::nullopt, "A").toStdString(), "\u2014");
  EXPECT_EQ(percent_text(0.0031).toStdString(), "0.31\u00a0%");
  EXPECT_EQ(percent_text(2e-5).toStdString(), "<\u00a00.01\u00a0%");
  EXPECT_EQ(percent_text(0).toStdString(), "0.00\u00a0%");
  EXPECT_EQ(time_text(12'345'000'000, 1'000'000).toStdString(), "12.345\u00a0s");
  EXPECT_EQ(time_text(1'500'000, 1000).toStdString(), "1.500\u00a0ms");
  EXPECT_EQ(clock_text(3725.9).toStdString(), "01:02:05");
}

}  // namespace
}  // namespace joulemark
