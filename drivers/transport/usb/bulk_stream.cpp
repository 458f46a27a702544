// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usb/bulk_stream.h>

#include <chrono>

namespace joulemark::usb {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds k_patience{3};
// What completes meanwhile is taken at once: waking for every packet would cost more than all else. Far less
// than what is in flight covers.
constexpr std::chrono::milliseconds k_rest{4};

TimeNs now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

}  // namespace

BulkStream::BulkStream(libusb_context* context, libusb_device_handle* handle, std::uint8_t endpoint)
    : context_(context), handle_(handle), endpoint_(endpoint) {}

BulkStream::~BulkStream() {
  stop();
}

Status BulkStream::start() {
  for (std::size_t i = 0; i < k_transfers; ++i) {
    auto transfer = std::make_unique<Transfer>();
    transfer->stream = this;
    transfer->transfer = libusb_alloc_transfer(0);
    if (transfer->transfer == nullptr) return fail(ErrorCode::io, "no memory for USB transfers");
    libusb_fill_bulk_transfer(transfer->transfer, handle_, endpoint_, transfer->buffer.data(),
                              static_cast<int>(transfer->buffer.size()), completed, transfer.get(), 0);
    transfers_.push_back(std::move(transfer));
  }
  for (const auto& transfer : transfers_) {
    if (const int code = submit(*transfer); code != 0) {
      return tl::make_unexpected(error_from(code, "fetching data from the device"));
    }
  }
  thread_ = std::thread([this] { handle_events(); });
  return {};
}

int BulkStream::submit(Transfer& transfer) {
  transfer.flying = true;
  in_flight_.fetch_add(1, std::memory_order_acq_rel);
  const int code = libusb_submit_transfer(transfer.transfer);
  if (code != 0) {
    transfer.flying = false;
    in_flight_.fetch_sub(1, std::memory_order_acq_rel);
  }
  return code;
}

void BulkStream::completed(libusb_transfer* transfer) {
  auto& ours = *static_cast<Transfer*>(transfer->user_data);
  ours.stream->take(ours);
}

void BulkStream::take(Transfer& transfer) {
  if (go_on(*transfer.transfer)) {
    const int code = libusb_submit_transfer(transfer.transfer);
    if (code == 0) return;
    if (code == LIBUSB_ERROR_NO_DEVICE) unplugged_.store(true, std::memory_order_release);
  }
  transfer.flying = false;
  in_flight_.fetch_sub(1, std::memory_order_acq_rel);
}

// A device that is being unplugged answers with errors before the kernel knows that it has gone.
bool BulkStream::go_on(const libusb_transfer& transfer) {
  switch (transfer.status) {
    case LIBUSB_TRANSFER_COMPLETED:
      errors_ = 0;
      ring_.push(std::as_bytes(std::span(transfer.buffer, static_cast<std::size_t>(transfer.actual_length))),
                 now_ns());
      return !stopping_.load(std::memory_order_acquire);
    case LIBUSB_TRANSFER_CANCELLED:
      return false;
    case LIBUSB_TRANSFER_NO_DEVICE:
      unplugged_.store(true, std::memory_order_release);
      return false;
    default:
      return ++errors_ < k_most_errors && !stopping_.load(std::memory_order_acquire);
  }
}

void BulkStream::handle_events() {
  const auto step = [this] {
    timeval wait{0, 100'000};
    libusb_handle_events_timeout_completed(context_, &wait, nullptr);
  };
  while (!stopping_.load(std::memory_order_acquire) && !ended()) {
    step();
    std::this_thread::sleep_for(k_rest);
  }
  for (const auto& transfer : transfers_) {
    if (transfer->flying) libusb_cancel_transfer(transfer->transfer);
  }
  const auto give_up = Clock::now() + k_patience;
  while (!ended() && Clock::now() < give_up)
    step();
}

void BulkStream::stop() {
  stopping_.store(true, std::memory_order_release);
  if (thread_.joinable()) {
    libusb_interrupt_event_handler(context_);
    thread_.join();
  } else {
    handle_events();  // some were submitted before start failed
  }
  if (!ended()) abandon();
  transfers_.clear();
}

void BulkStream::abandon() {
  for (auto& transfer : transfers_) {
    if (transfer->flying) static_cast<void>(transfer.release());
  }
}

}  // namespace joulemark::usb
