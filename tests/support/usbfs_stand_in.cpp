// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usb/claimed_device.h>

#include <tests/support/usbfs_stand_in.h>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <ctime>
#include <stdexcept>

namespace joulemark::usb::test {
namespace {

std::atomic<UsbfsStandIn*> the_one{nullptr};

constexpr std::size_t k_setup_bytes = 8;

std::int64_t nanoseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

TimeNs now_ns() {
  return nanoseconds(CLOCK_MONOTONIC);
}

class CpuTime {
 public:
  explicit CpuTime(double& total_s) : total_s_(total_s), before_ns_(nanoseconds(CLOCK_THREAD_CPUTIME_ID)) {}
  ~CpuTime() { total_s_ += 1e-9 * static_cast<double>(nanoseconds(CLOCK_THREAD_CPUTIME_ID) - before_ns_); }

 private:
  double& total_s_;
  std::int64_t before_ns_;
};

std::vector<std::byte> standard(const usbip::UsbDevice& device, std::uint8_t descriptor) {
  constexpr std::uint8_t k_get_descriptor = 6;
  return usbip::answer_standard(
             device.descriptors(),
             {0x80, k_get_descriptor, static_cast<std::uint16_t>(descriptor << 8), 0, 0xFFFF})
      .data;
}

}  // namespace

UsbfsStandIn::UsbfsStandIn(usbip::UsbDevice& device)
    : device_(device),
      file_(memfd_create("usbfs", 0)),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)) {
  for (const std::uint8_t descriptor : {std::uint8_t{1}, std::uint8_t{2}}) {  // device, configuration
    const auto bytes = standard(device, descriptor);
    if (write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("no room for descriptors");
  }
  the_one = this;
}

UsbfsStandIn::~UsbfsStandIn() {
  the_one = nullptr;
  close(file_);
  close(timer_);
}

int UsbfsStandIn::request(unsigned long code, void* argument) {
  const std::lock_guard lock(mutex_);
  if (gone_ && code != USBDEVFS_REAPURBNDELAY && code != USBDEVFS_DISCARDURB) return -ENODEV;
  switch (code) {
    case USBDEVFS_GET_CAPABILITIES:
      *static_cast<std::uint32_t*>(argument) =
          USBDEVFS_CAP_BULK_CONTINUATION | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
      return 0;
    case USBDEVFS_CONNECTINFO:
      *static_cast<usbdevfs_connectinfo*>(argument) = {.devnum = 2, .slow = 0};
      return 0;
    case USBDEVFS_GET_SPEED:
      return 2;  // full
    case USBDEVFS_GETDRIVER:
      return -ENODATA;
    case USBDEVFS_SUBMITURB:
      return submit(*static_cast<usbdevfs_urb*>(argument));
    case USBDEVFS_DISCARDURB:
      return discard(static_cast<usbdevfs_urb*>(argument));
    case USBDEVFS_REAPURBNDELAY:
      return reap(static_cast<usbdevfs_urb**>(argument));
    default:
      return 0;  // claim, release, disconnect, configure
  }
}

int UsbfsStandIn::submit(usbdevfs_urb& urb) {
  if (urb.type == USBDEVFS_URB_TYPE_CONTROL) {
    answer_control(urb);
  } else {
    if (waiting_.empty()) look_at(now_ns());
    waiting_.push_back(&urb);
  }
  return 0;
}

void UsbfsStandIn::answer_control(usbdevfs_urb& urb) {
  auto* buffer = static_cast<std::byte*>(urb.buffer);
  usbip::UsbSetup setup;
  std::memcpy(&setup, buffer, k_setup_bytes);
  const std::span data(buffer + k_setup_bytes, static_cast<std::size_t>(urb.buffer_length) - k_setup_bytes);
  const CpuTime counted(device_cpu_s_);
  static_cast<void>(device_.advance(now_ns()));
  const bool vendor = (setup.request_type & 0x60) == 0x40;
  const auto out = setup.to_host() ? std::span<std::byte>() : data;
  const usbip::UsbReply reply =
      vendor ? device_.control(now_ns(), setup, out) : usbip::answer_standard(device_.descriptors(), setup);
  const std::size_t size = std::min(reply.data.size(), data.size());
  if (setup.to_host()) std::copy_n(reply.data.begin(), size, data.begin());
  urb.actual_length = static_cast<int>(setup.to_host() ? size : out.size());
  complete(urb, reply.status);
}

void UsbfsStandIn::complete(usbdevfs_urb& urb, int status) {
  urb.status = status;
  completed_.push_back(&urb);
}

int UsbfsStandIn::discard(usbdevfs_urb* urb) {
  if (std::erase(waiting_, urb) == 0) return -EINVAL;
  urb->actual_length = 0;
  complete(*urb, -ENOENT);
  return 0;
}

int UsbfsStandIn::reap(usbdevfs_urb** into) {
  let_time_pass();
  if (completed_.empty()) return gone_ ? -ENODEV : -EAGAIN;
  *into = completed_.front();
  completed_.pop_front();
  return 0;
}

void UsbfsStandIn::let_time_pass() {
  const CpuTime counted(device_cpu_s_);
  const TimeNs now = now_ns();
  gone_ = gone_ || !device_.advance(now);
  for (; gone_ && !waiting_.empty(); waiting_.pop_front())
    complete(*waiting_.front(), -ESHUTDOWN);
  while (!waiting_.empty()) {
    const auto packet = device_.bulk_in(now);
    if (!packet) break;
    usbdevfs_urb& urb = *waiting_.front();
    waiting_.pop_front();
    urb.actual_length =
        static_cast<int>(std::min(packet->size(), static_cast<std::size_t>(urb.buffer_length)));
    std::memcpy(urb.buffer, packet->data(), static_cast<std::size_t>(urb.actual_length));
    complete(urb, 0);
  }
  look_at(std::max(device_.bulk_in_ready_ns().value_or(now + 1'000'000), now + 1));
}

void UsbfsStandIn::look_at(TimeNs when_ns) {
  const itimerspec when{{}, {when_ns / 1'000'000'000, when_ns % 1'000'000'000}};
  timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
}

short UsbfsStandIn::events() {
  const std::lock_guard lock(mutex_);
  if (gone_) return POLLERR | POLLHUP;
  return completed_.empty() ? 0 : POLLOUT;
}

Result<std::unique_ptr<Device>> claim(const UsbfsStandIn& usbfs) {
  libusb_set_option(nullptr, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);
  OpenDevice device;
  JM_TRY_ASSIGN(device.context, make_context());
  libusb_device_handle* handle = nullptr;
  const int code = libusb_wrap_sys_device(device.context.get(), usbfs.file(), &handle);
  if (code != 0) return tl::make_unexpected(error_from(code, "opening the stand-in"));
  device.handle.reset(handle);
  JM_TRY_ASSIGN(auto claimed, ClaimedDevice::claim(std::move(device)));
  return std::unique_ptr<Device>(std::move(claimed));
}

}  // namespace joulemark::usb::test

// libusb's calls find these before the C library's.
extern "C" int ioctl(int file, unsigned long code, ...) {
  va_list arguments;
  va_start(arguments, code);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  auto* stand_in = joulemark::usb::test::the_one.load();
  if (stand_in == nullptr || file != stand_in->file())
    return static_cast<int>(syscall(SYS_ioctl, file, code, argument));
  syscall(SYS_ioctl, stand_in->timer(), FIOCLEX, nullptr);  // the kernel's way in and out
  const int result = stand_in->request(code, argument);
  if (result >= 0) return result;
  errno = -result;
  return -1;
}

extern "C" int poll(pollfd* files, nfds_t count, int timeout_ms) {
  const std::span all(files, count);
  auto* stand_in = joulemark::usb::test::the_one.load();
  const auto ours = std::ranges::find_if(
      all, [&](const pollfd& each) { return stand_in != nullptr && each.fd == stand_in->file(); });
  if (ours == all.end()) return static_cast<int>(syscall(SYS_poll, files, count, timeout_ms));
  const pollfd asked = *ours;
  const short before = stand_in->events();
  *ours = {stand_in->timer(), POLLIN, 0};
  int ready = static_cast<int>(syscall(SYS_poll, files, count, before != 0 ? 0 : timeout_ms));
  const bool due = ours->revents != 0;
  *ours = {asked.fd, asked.events, static_cast<short>(before | (due ? POLLOUT : 0))};
  if (before != 0 && !due && ready >= 0) ++ready;
  return ready;
}
