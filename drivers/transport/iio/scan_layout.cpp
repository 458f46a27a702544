// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/iio/scan_layout.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

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
  const std::string copy(text);
  ScanType type;
  char order = 0;
  char sign = 0;
  int end = 0;
  const int count = std::sscanf(copy.c_str(), "%ce:%c%d/%d>>%d%n", &order, &sign, &type.bits,
                                &type.storage_bits, &type.shift, &end);
  type.big_endian = order == 'b';
  type.is_signed = sign == 's';
  const bool known = count == 5 && end == static_cast<int>(copy.size()) && (order == 'l' || order == 'b') &&
                     (sign == 's' || sign == 'u');
  const bool whole =
      type.storage_bits == 8 || type.storage_bits == 16 || type.storage_bits == 32 || type.storage_bits == 64;
  if (known && whole && type.shift >= 0 && type.bits > 0 && type.bits + type.shift <= type.storage_bits)
    return type;
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
