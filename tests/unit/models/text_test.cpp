// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/text.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace joulemark {
namespace {

using testing::ElementsAre;

std::vector<std::string> told_apart(const QStringList& files) {
  std::vector<std::string> names;
  for (const QString& name : names_told_apart(files))
    names.push_back(name.toStdString());
  return names;
}

// U+202E turns what follows round: "kws<U+202E>kmj.exe" would read as "kwsexe.jmk".
TEST(Text, ShowsWhatTurnsTheDirectionOfWriting) {
  EXPECT_EQ(to_qt("kws\u202ekmj.exe").toStdString(), "kws\u2039U+202E\u203akmj.exe");
  EXPECT_EQ(to_qt("\u2066a\u2069").toStdString(), "\u2039U+2066\u203aa\u2039U+2069\u203a");
  EXPECT_EQ(to_qt("a\nb\x1b[31m").toStdString(), "a\u2039U+000A\u203ab\u2039U+001B\u203a[31m");
}

TEST(Text, LeavesWritingAsItIs) {
  for (const char* text :
       {"inference", "Schl\u00fcssel", "\u0645\u0641\u062a\u0627\u062d", "\u0915\u094d\u200d\u0937"})
    EXPECT_EQ(to_qt(text).toStdString(), text);
  EXPECT_EQ(verbatim("a\u202eb").toStdString(), "a\u202eb");
}

TEST(Text, TellsFilesOfOneNameApartByTheirFolders) {
  EXPECT_THAT(told_apart({"/a/x/one.jmk", "/a/y/one.jmk", "/a/y/two.jmk"}),
              ElementsAre("one.jmk (x)", "one.jmk (y)", "two.jmk"));
  EXPECT_THAT(told_apart({"/a/x/one.jmk", "/b/x/one.jmk"}), ElementsAre("/a/x/one.jmk", "/b/x/one.jmk"));
}

}  // namespace
}  // namespace joulemark
