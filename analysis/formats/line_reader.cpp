// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/line_reader.h>

#include <cstring>

namespace joulemark {
namespace {

constexpr std::size_t k_buffer = 65536;
constexpr std::size_t k_longest_line = std::size_t{1} << 20;

}  // namespace

LineReader::LineReader(std::istream& stream, std::string name)
    : stream_(stream), name_(std::move(name)), buffer_(k_buffer) {}

bool LineReader::refill() {
  stream_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  filled_ = static_cast<std::size_t>(stream_.gcount());
  position_ = 0;
  return filled_ > 0;
}

Result<bool> LineReader::next() {
  line_.clear();
  newline_ = false;
  while (!newline_ && (position_ < filled_ || refill())) {
    const char* const from = buffer_.data() + position_;
    const std::size_t left = filled_ - position_;
    const void* const end = std::memchr(from, '\n', left);
    newline_ = end != nullptr;
    const std::size_t length =
        newline_ ? static_cast<std::size_t>(static_cast<const char*>(end) - from) : left;
    if (line_.size() + length > k_longest_line) {
      return fail(ErrorCode::unreadable, name_ + ": line " + std::to_string(number_ + 1) +
                                             " is longer than 1 MiB; not a text file?");
    }
    line_.append(from, length);
    position_ += length + (newline_ ? 1 : 0);
  }
  if (stream_.bad()) return fail(ErrorCode::io, name_ + ": cannot read");
  if (line_.empty() && !newline_) return false;
  if (++number_ == 1) {
    if (line_.starts_with("\xff\xfe") || line_.starts_with("\xfe\xff")) {
      return fail(ErrorCode::unreadable, name_ + ": line 1: UTF-16 text; save the file as UTF-8");
    }
    if (line_.starts_with("\xef\xbb\xbf")) line_.erase(0, 3);
  }
  if (line_.ends_with('\r')) line_.pop_back();
  if (number_ == 1 && line_.find('\r') != std::string::npos) {
    return fail(ErrorCode::unreadable,
                name_ + ": line 1: lines end in carriage returns alone; convert the file: tr '\\r' '\\n'");
  }
  return true;
}

}  // namespace joulemark
