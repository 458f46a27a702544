// SPDX-License-Identifier: Apache-2.0
// Real ELF files, built from the examples, and what becomes of damaged ones.
#include <analysis/elf/read_markers.h>

#include <tests/unit/elf/elf_files.h>

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace joulemark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<char> image_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(ReadMarkers, FindsTheNamesInAnAvrsFirmware) {
  if (!std::filesystem::exists(test::k_avr_elf)) GTEST_SKIP() << "no avr-gcc here";
  const auto table = read_markers(std::string(test::k_avr_elf));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_THAT(table->event_rules(), ElementsAre("inference=d0", "listen=d1", "keyword=d2"));
}

TEST(ReadMarkers, FindsTheNamesInThisMachinesProgram) {
  const auto table = read_markers(std::string(test::k_host_elf));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->code_text(), "code:d0-d1");
  EXPECT_THAT(table->names, ElementsAre(MarkerName{1, "front_end", false}, MarkerName{2, "inference", false},
                                        MarkerName{3, "keyword", true}));
}

TEST(ReadMarkers, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, const char*>> cases{{"/nonexistent.elf", "No such file"},
                                                               {"/", "not an ELF file"},
                                                               {"/etc/passwd", "not an ELF file"},
                                                               {"/bin/true", "no section .jm_markers"}};
  for (const auto& [path, why] : cases) {
    const auto table = read_markers(path);
    ASSERT_FALSE(table) << path;
    EXPECT_EQ(table.error().code, ErrorCode::unreadable);
    EXPECT_THAT(table.error().message, HasSubstr(why));
    EXPECT_THAT(table.error().message, HasSubstr(path));
  }
}

// Cut off or with bytes changed: an error or the very names, never a crash.
TEST(ReadMarkers, SurviveDamage) {
  const std::vector<char> whole = image_of(test::k_host_elf);
  ASSERT_GT(whole.size(), 1000U);
  std::mt19937 random(3);
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    std::vector<char> image = whole;
    if (i % 2 == 0) image.resize(random() % image.size());
    for (int j = 0; j < 20 && !image.empty(); ++j) {
      const std::size_t at =
          random() % 2 == 0 ? random() % std::min<std::size_t>(image.size(), 64) : random() % image.size();
      image[at] = static_cast<char>(random());
    }
    const auto table = read_markers(std::span(image));
    refused += table ? 0 : 1;
    if (!table) {
      EXPECT_EQ(table.error().code, ErrorCode::unreadable);
    }
  }
  EXPECT_GT(refused, 200);
}

}  // namespace
}  // namespace joulemark
