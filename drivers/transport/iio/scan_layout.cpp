// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/iio/scan_layout.h>

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <string>

namespace joulemark::iio {
namespace {

std::size_t bytes_of(const ScanType& type) {
  return static_cast<std::size_t>(type.storage_bits) / 8;
}

std::size_t aligned(std::size_t offset, std::size_t size) {
  return (offset + size - 1) / size * size;
}

}  // namespace

Result<ScanType> parse_scan_type(std::string_view text) {
  static const std::regex k_form("([lb])e:([su])([0-9]{1,2})/(8|16|32|64)>>([0-9]{1,2})");
  std::cmatch part;
  if (std::regex_match(text.begin(), text.end(), part, k_form)) {
    const ScanType type{part[1] == "b", part[2] == "s", std::stoi(part[3]), std::stoi(part[4]),
                        std::stoi(part[5])};
    if (type.bits > 0 && type.bits + type.shift <= type.storage_bits) return type;
  }
  return fail(ErrorCode::protocol,
              fmt::format("'{}' is no element of an IIO buffer that is known here", text));
}

ScanLayout::ScanLayout(std::vector<ScanElement> elements) {
  std::ranges::sort(elements, {}, &ScanElement::index);
  std::size_t largest = 1;
  for (const ScanElement& element : elements) {
    const std::size_t size = bytes_of(element.type);
    const std::size_t offset = aligned(record_size_, size);
    fields_.push_back({element.name, element.type, offset});
    record_size_ = offset + size;
    largest = std::max(largest, size);
  }
  record_size_ = aligned(record_size_, largest);
}

const ScanField* ScanLayout::find(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, &ScanField::name);
  return found == fields_.end() ? nullptr : &*found;
}

std::uint64_t stored_bits(std::span<const std::byte> record, const ScanField& field) {
  const std::size_t size = bytes_of(field.type);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = field.offset + (field.type.big_endian ? i : size - 1 - i);
    bits = bits << 8 | std::to_integer<std::uint64_t>(record[at]);
  }
  return bits;
}

}  // namespace joulemark::iio
