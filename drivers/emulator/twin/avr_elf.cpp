// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/avr_elf.h>

#include <elf.h>
#include <fmt/format.h>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace joulemark::twin {

namespace {

constexpr std::uint32_t k_flash_end = 0x8000;
constexpr std::uint32_t k_data_space = 0x80'0000;  // avr-gcc's addresses: flash below, then RAM, then EEPROM
constexpr std::uint32_t k_ram_end = 0x80'0900;
constexpr std::uint32_t k_eeprom = 0x81'0000;
constexpr std::uint32_t k_eeprom_end = 0x81'0400;
constexpr std::uint32_t k_fuses = 0x82'0000;
constexpr std::uint32_t k_architecture_mask = 0x7F;
constexpr std::uint32_t k_avr5 = 5;

class File {
 public:
  explicit File(const std::string& path) : stream_(path, std::ios::binary) {
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) size_ = std::filesystem::file_size(path, error);
    if (error) size_ = 0;
  }
  [[nodiscard]] bool holds(std::uint64_t at, std::uint64_t length) const { return at + length <= size_; }
  template <typename Record>
  [[nodiscard]] bool read(std::uint64_t at, Record& record) {
    if (!holds(at, sizeof record)) return false;
    stream_.seekg(static_cast<std::streamoff>(at));
    return static_cast<bool>(stream_.read(reinterpret_cast<char*>(&record), sizeof record));
  }

 private:
  std::ifstream stream_;
  std::uint64_t size_ = 0;
};

// "" when nothing is.
std::string wrong_with_header(const Elf32_Ehdr& header) {
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return "it is no ELF file (a HEX file does not do)";
  if (header.e_ident[EI_CLASS] != ELFCLASS32 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != EM_AVR)
    return "it is for another processor";
  if (header.e_type != ET_EXEC) return "it is not linked to a program";
  const std::uint32_t architecture = header.e_flags & k_architecture_mask;
  if (architecture != k_avr5)
    return fmt::format("it is for avr{}, an ATmega328P is an avr5 (-mmcu=atmega328p)", architecture);
  return "";
}

std::string wrong_with_segment(const Elf32_Phdr& segment) {
  const std::uint64_t memory_end = std::uint64_t{segment.p_vaddr} + segment.p_memsz;
  const std::uint64_t load_end = std::uint64_t{segment.p_paddr} + segment.p_filesz;
  const bool in_eeprom = segment.p_vaddr >= k_eeprom && segment.p_vaddr < k_fuses;
  const bool in_ram = segment.p_vaddr >= k_data_space && segment.p_vaddr < k_eeprom;
  if (in_ram && memory_end > k_ram_end) return "it needs more than the 2 KiB of RAM";
  if (in_eeprom && memory_end > k_eeprom_end) return "it needs more than the 1 KiB of EEPROM";
  const bool in_flash = segment.p_filesz > 0 && segment.p_paddr < k_data_space;
  if (in_flash && load_end > k_flash_end) return "it needs more than the 32 KiB of flash";
  return "";
}

std::string wrong_with(File& file) {
  Elf32_Ehdr header{};
  if (!file.read(0, header)) return "it is no ELF file (a HEX file does not do)";
  if (std::string wrong = wrong_with_header(header); !wrong.empty()) return wrong;
  constexpr const char* k_cut = "the file is cut short";
  if (!file.holds(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf32_Shdr))) return k_cut;
  for (std::uint32_t i = 0; i < header.e_phnum; ++i) {
    Elf32_Phdr segment{};
    if (!file.read(header.e_phoff + std::uint64_t{i} * sizeof segment, segment) ||
        !file.holds(segment.p_offset, segment.p_filesz))
      return k_cut;
    if (segment.p_type != PT_LOAD) continue;
    if (std::string wrong = wrong_with_segment(segment); !wrong.empty()) return wrong;
  }
  return header.e_phnum == 0 || header.e_shnum == 0 ? "it holds no program" : "";
}

}  // namespace

Status check_avr_elf(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return fail(ErrorCode::unreadable, path + ": there is no such file");
  File file(path);
  const std::string wrong = wrong_with(file);
  if (wrong.empty()) return {};
  return fail(ErrorCode::unreadable, fmt::format("{}: not AVR firmware for an ATmega328P: {}", path, wrong));
}

}  // namespace joulemark::twin
