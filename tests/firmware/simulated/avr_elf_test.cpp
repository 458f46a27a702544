// SPDX-License-Identifier: GPL-3.0-or-later
// What is no program for the boards is refused: libsimavr would crash on it.
#include <drivers/emulator/twin/avr_core.h>

#include <tests/support/temporary_folder.h>

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

namespace joulemark::twin {
namespace {

using ::testing::HasSubstr;

std::string contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Of the probe's program, as the linker made it.
Elf32_Ehdr header_of(const std::string& elf) {
  Elf32_Ehdr header{};
  elf.copy(reinterpret_cast<char*>(&header), sizeof header);
  return header;
}

class AvrElf : public ::testing::Test {
 protected:
  void expect_refused(const std::string& path, const std::string& why) {
    const auto core = AvrCore::load(path);
    ASSERT_FALSE(core.has_value()) << path;
    EXPECT_EQ(core.error().code, ErrorCode::unreadable);
    EXPECT_THAT(core.error().message, HasSubstr(path + ": "));
    EXPECT_THAT(core.error().message, HasSubstr(why));
  }
  void expect_contents_refused(const std::string& contents, const std::string& why) {
    const std::string path = folder_.file("firmware.elf");
    std::ofstream(path, std::ios::binary) << contents;
    expect_refused(path, why);
  }
  void expect_segment_refused(std::size_t index, std::size_t offset, std::uint32_t value,
                              const std::string& why) {
    const std::size_t at = header_of(probe_).e_phoff + index * sizeof(Elf32_Phdr) + offset;
    std::string changed = probe_;
    changed.replace(at, sizeof value, reinterpret_cast<const char*>(&value), sizeof value);
    expect_contents_refused(changed, why);
  }

  test::TemporaryFolder folder_;
  const std::string probe_ = contents_of(JM_PROBE_ELF);
};

TEST_F(AvrElf, TakesProgramsOfItsOwnKind) {
  EXPECT_TRUE(AvrCore::load(JM_PROBE_ELF).has_value());
  EXPECT_TRUE(AvrCore::load(JM_FIRMWARE_DIR "/kws.elf").has_value());
}

TEST_F(AvrElf, RefusesWhatIsForAnotherProcessor) {
  expect_refused("/proc/self/exe", "not AVR firmware for an ATmega328P");
  expect_refused("/proc/self/exe", "another processor");
  expect_refused(JM_FIRMWARE_DIR "/markers_mega2560.elf", "it is for avr6, an ATmega328P is an avr5");
}

TEST_F(AvrElf, RefusesWhatIsNoProgram) {
  expect_refused(JM_FIRMWARE_DIR "/markers_object.o", "not linked");
  expect_refused(JM_FIRMWARE_DIR "/jm_probe.hex", "HEX file");
  expect_refused("/nowhere/firmware.elf", "no such file");
  expect_refused(folder_.path().string(), "not AVR firmware");
  expect_contents_refused("", "not AVR firmware");
}

TEST_F(AvrElf, RefusesWhatIsCutShort) {
  for (const std::size_t length : {std::size_t{60}, std::size_t{3000}, probe_.size() - 1000})
    expect_contents_refused(probe_.substr(0, length), "cut short");
}

TEST_F(AvrElf, RefusesWhatDoesNotFit) {
  expect_segment_refused(0, offsetof(Elf32_Phdr, p_paddr), 0x7F00, "32 KiB of flash");
  expect_segment_refused(1, offsetof(Elf32_Phdr, p_memsz), 0x1000, "2 KiB of RAM");
}

}  // namespace
}  // namespace joulemark::twin
