// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/json_stream.h>

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace joulemark {
namespace {

// The bytes of a stream, cut short when a string or number grows beyond all reason: the parser keeps the
// token it is in, and nothing else.
class GuardedBytes {
 public:
  explicit GuardedBytes(std::istream& stream) : stream_(stream) { load(); }

  [[nodiscard]] bool at_end() const { return position_ == filled_ || token_ > k_longest_token; }
  [[nodiscard]] bool too_long() const { return token_ > k_longest_token; }
  [[nodiscard]] char current() const { return buffer_[position_]; }
  [[nodiscard]] std::int64_t offset() const { return before_ + static_cast<std::int64_t>(position_); }

  void advance() {
    follow(current());
    if (++position_ == filled_) load();
  }

 private:
  static constexpr std::size_t k_longest_token = std::size_t{1} << 20;

  void follow(char c) {
    ++token_;
    if (in_string_) {
      if (!escaped_ && c == '"') in_string_ = false;
      escaped_ = !escaped_ && c == '\\';
    } else if (c == '"') {
      in_string_ = true;
      token_ = 0;
    } else if (std::string_view(" \t\r\n,:[]{}").find(c) != std::string_view::npos) {
      token_ = 0;
    }
  }

  void load() {
    before_ += static_cast<std::int64_t>(filled_);
    stream_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    filled_ = static_cast<std::size_t>(stream_.gcount());
    position_ = 0;
  }

  std::istream& stream_;
  std::array<char, 65536> buffer_;
  std::size_t position_ = 0;
  std::size_t filled_ = 0;
  std::int64_t before_ = 0;
  std::size_t token_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

// What nlohmann's parser walks over; a default one is the end.
class ByteIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  ByteIterator() = default;
  explicit ByteIterator(GuardedBytes* bytes) : bytes_(bytes) {}
  char operator*() const { return bytes_->current(); }
  ByteIterator& operator++() {
    bytes_->advance();
    return *this;
  }
  bool operator==(const ByteIterator& other) const { return done() == other.done(); }
  bool operator!=(const ByteIterator& other) const { return done() != other.done(); }

 private:
  [[nodiscard]] bool done() const { return bytes_ == nullptr || bytes_->at_end(); }

  GuardedBytes* bytes_ = nullptr;
};

}  // namespace

bool JsonVisitor::parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) {
  // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ...": the last part.
  std::string_view text = error.what();
  for (const std::string_view mark : {"] ", ": "}) {
    if (const auto at = text.find(mark); at != std::string_view::npos) text.remove_prefix(at + mark.size());
  }
  return fail_with(std::string(text));
}

bool JsonVisitor::number(double, const std::string&) {
  return refuse("a number");
}

bool JsonVisitor::fail_with(std::string reason) {
  if (error_.empty()) error_ = std::move(reason);
  return false;
}

Status visit_json(std::istream& stream, const std::string& name, JsonVisitor& visitor) {
  stream.clear();
  stream.seekg(0);
  GuardedBytes bytes(stream);
  const bool parsed = nlohmann::json::sax_parse(ByteIterator(&bytes), ByteIterator(), &visitor);
  if (stream.bad()) return fail(ErrorCode::io, name + ": cannot read");
  if (parsed) return {};
  const std::string reason = bytes.too_long() ? "a text or number longer than 1 MiB" : visitor.error();
  return fail(ErrorCode::unreadable, fmt::format("{}: byte {}: {}", name, bytes.offset(), reason));
}

}  // namespace joulemark
