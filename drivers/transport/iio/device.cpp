// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/transport/iio/device.h>
#include <drivers/transport/linux/file_descriptor.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace joulemark::iio {
namespace {

using linux_system::FileDescriptor;
using linux_system::Folder;

constexpr std::string_view k_enable = "buffer/enable";
constexpr int k_most_reads = 64;  // to empty the kernel's queue

std::string element_file(std::string_view element, std::string_view what) {
  return fmt::format("scan_elements/{}_{}", element, what);
}

class Buffer final : public RecordSource {
 public:
  Buffer(FileDescriptor file, Folder folder, std::size_t record_size, std::chrono::milliseconds patience)
      : file_(std::move(file)), folder_(std::move(folder)), record_size_(record_size), patience_(patience) {}
  ~Buffer() override { stop(); }

  // Linux 6.1's ina2xx-adc reads on a thread of its own, which ends when a transfer fails. Switching the
  // buffer off then stops a thread that is no more, and the kernel oopses. Nothing tells of that thread but
  // the records that it no longer makes.
  bool stop() override {
    if (!file_.is_open()) return stopped_;
    stopped_ = is_alive();
    file_ = FileDescriptor();
    if (stopped_) static_cast<void>(folder_.write(k_enable, "0"));
    return stopped_;
  }

  // A device that has left is not always noticed by poll, but by read.
  int read(std::span<std::byte> into, std::chrono::milliseconds timeout) override {
    pollfd file{file_.get(), POLLIN, 0};
    if (::poll(&file, 1, static_cast<int>(timeout.count())) < 0) return errno == EINTR ? 0 : -errno;
    const ssize_t size = ::read(file_.get(), into.data(), into.size() / record_size_ * record_size_);
    if (size < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    return static_cast<int>(size);
  }

 private:
  // Whether a record comes that was not in the queue already. A device that has left is past all harm.
  bool is_alive() {
    std::array<std::byte, 4096> old;
    int size = 0;
    for (int i = 0; i < k_most_reads && (size = read(old, std::chrono::milliseconds{0})) > 0; ++i) {
    }
    return size < 0 || read(old, patience_) != 0;
  }

  FileDescriptor file_;
  Folder folder_;
  std::size_t record_size_;
  std::chrono::milliseconds patience_;
  bool stopped_ = false;
};

}  // namespace

std::vector<std::string> devices_named(std::string_view name, const linux_system::Roots& roots) {
  const Folder all(roots.sys / "bus/iio/devices");
  std::vector<std::string> ids;
  for (const std::string& id : all.names("iio:device")) {
    if (Folder(all.path() / id).read("name").value_or("") == name) ids.push_back(id);
  }
  return ids;
}

Device::Device(const std::string& id, const linux_system::Roots& roots)
    : id_(id), folder_(roots.sys / "bus/iio/devices" / id), node_((roots.dev / id).string()) {}

Device::~Device() {
  std::for_each(found_.rbegin(), found_.rend(), [this](const Setting& setting) {
    static_cast<void>(folder_.write(setting.attribute, setting.value));
  });
}

Status Device::set(std::string_view attribute, std::string_view value) {
  JM_TRY_ASSIGN(std::string before, folder_.read(attribute));
  if (before == value) return {};
  JM_TRY(folder_.write(attribute, value));
  found_.push_back({std::string(attribute), std::move(before)});
  return {};
}

Result<ScanLayout> Device::select(std::span<const std::string_view> elements) {
  std::vector<ScanElement> selected;
  for (const std::string& file : Folder(folder_.path() / "scan_elements").names("in_")) {
    if (!file.ends_with("_en")) continue;
    const std::string name = file.substr(0, file.size() - 3);
    const bool wanted = std::ranges::find(elements, name) != elements.end();
    JM_TRY(set("scan_elements/" + file, wanted ? "1" : "0"));
    if (!wanted) continue;
    JM_TRY_ASSIGN(const std::string index, folder_.read(element_file(name, "index")));
    JM_TRY_ASSIGN(const std::string text, folder_.read(element_file(name, "type")));
    JM_TRY_ASSIGN(const ScanType type, parse_scan_type(text));
    const std::optional<double> position = parse_number(index);
    if (!position || !(*position >= 0 && *position < 1000)) {
      return fail(ErrorCode::protocol, fmt::format("{}: '{}' is no position in a buffer", id_, index));
    }
    selected.push_back({name, static_cast<int>(*position), type});
  }
  if (selected.size() == elements.size()) return ScanLayout(std::move(selected));
  return fail(ErrorCode::protocol,
              fmt::format("{} has not all the channels of an INA219: is its driver ina2xx-adc?", id_));
}

Result<std::unique_ptr<RecordSource>> Device::start(const ScanLayout& layout, std::size_t length,
                                                    std::chrono::milliseconds patience) {
  JM_TRY(set("buffer/length", std::to_string(length)));
  FileDescriptor file(::open(node_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) {
    const bool denied = errno == EACCES || errno == EPERM || errno == EBUSY;
    return fail(denied ? ErrorCode::busy : ErrorCode::no_instrument,
                fmt::format("{}: {}", node_, std::generic_category().message(errno)));
  }
  JM_TRY(folder_.write(k_enable, "1"));
  return std::make_unique<Buffer>(std::move(file), folder_, layout.record_size(), patience);
}

}  // namespace joulemark::iio
