// SPDX-License-Identifier: Apache-2.0
#include <analysis/elf/read_markers.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace joulemark {
namespace {

constexpr std::string_view k_section = ".jm_markers";
constexpr std::size_t k_largest = 1 << 20;

struct ElfEnd {
  void operator()(Elf* elf) const { elf_end(elf); }
};
using ElfHandle = std::unique_ptr<Elf, ElfEnd>;

class File {
 public:
  explicit File(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

tl::unexpected<Error> unreadable(std::string_view what) {
  const int code = elf_errno();
  return fail(ErrorCode::unreadable,
              code == 0 ? std::string(what) : fmt::format("{} ({})", what, elf_errmsg(code)));
}

Result<std::string> contents_of(Elf_Scn* section) {
  Elf_Data* data = elf_rawdata(section, nullptr);
  if (data == nullptr || data->d_buf == nullptr) return unreadable("its section .jm_markers cannot be read");
  if (data->d_size > k_largest)
    return fail(ErrorCode::unreadable, "its section .jm_markers is larger than 1 MiB");
  return std::string(static_cast<const char*>(data->d_buf), data->d_size);
}

Result<MarkerTable> markers_of(Elf* elf) {
  if (elf == nullptr || elf_kind(elf) != ELF_K_ELF)
    return fail(ErrorCode::unreadable, "it is not an ELF file");
  std::size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return unreadable("its sections have no names");
  std::string contents;
  bool found = false;
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
       section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) return unreadable("a section header is damaged");
    const char* name = elf_strptr(elf, names, header.sh_name);
    if (name == nullptr || name != k_section || header.sh_type == SHT_NOBITS) continue;
    JM_TRY_ASSIGN(const std::string part, contents_of(section));  // an object file may have several
    contents += part;
    found = true;
    if (contents.size() > k_largest) return fail(ErrorCode::unreadable, "its markers are larger than 1 MiB");
  }
  if (found) return parse_marker_records(contents);
  return fail(
      ErrorCode::unreadable,
      "it has no section .jm_markers: is it the linked firmware, does that include jm_marker.h, and does "
      "the linker script keep unknown sections?");
}

}  // namespace

Result<MarkerTable> read_markers(const std::string& elf_file) {
  elf_version(EV_CURRENT);
  static_cast<void>(elf_errno());
  const File file(elf_file);
  if (file.descriptor() < 0) {
    return fail(ErrorCode::unreadable,
                fmt::format("{}: cannot be read ({})", elf_file, std::generic_category().message(errno)));
  }
  const ElfHandle elf(elf_begin(file.descriptor(), ELF_C_READ, nullptr));
  auto table = markers_of(elf.get());
  if (!table) return fail_at(elf_file, table.error());
  return table;
}

Result<MarkerTable> read_markers(std::span<char> elf_image) {
  elf_version(EV_CURRENT);
  static_cast<void>(elf_errno());
  const ElfHandle elf(elf_memory(elf_image.data(), elf_image.size()));
  return markers_of(elf.get());
}

}  // namespace joulemark
