// SPDX-License-Identifier: Apache-2.0
// How the kernel packs a record of an IIO buffer (Documentation/iio, scan elements). Pure.
#pragma once

#include <analysis/model/result.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark::iio {

// "le:u13/16>>3": 13 bits that count, of 16 stored, above 3 that do not.
struct ScanType {
  bool big_endian = false;
  bool is_signed = false;
  int bits = 16;
  int storage_bits = 16;
  int shift = 0;

  bool operator==(const ScanType&) const = default;
};
// Errors: protocol, quoting the text.
[[nodiscard]] Result<ScanType> parse_scan_type(std::string_view text);

struct ScanElement {
  std::string name;  // "in_voltage0"
  int index = 0;     // records hold the elements in this order
  ScanType type;
};

// Where an element is in a record: aligned to its own size.
struct ScanField {
  std::string name;
  ScanType type;
  std::size_t offset = 0;
};

class ScanLayout {
 public:
  // Of the enabled elements.
  explicit ScanLayout(std::vector<ScanElement> elements);

  [[nodiscard]] std::size_t record_size() const { return record_size_; }
  [[nodiscard]] const ScanField* find(std::string_view name) const;  // null: not enabled

 private:
  std::vector<ScanField> fields_;
  std::size_t record_size_ = 0;
};

// The stored bits as they are, neither shifted nor extended.
[[nodiscard]] std::uint64_t stored_bits(std::span<const std::byte> record, const ScanField& field);

}  // namespace joulemark::iio
