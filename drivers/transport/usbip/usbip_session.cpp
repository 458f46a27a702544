// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usbip/usbip_session.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace joulemark::usbip {
namespace {

constexpr TimeNs k_longest_silence_ns = 5'000'000'000;
constexpr std::size_t k_most_output = 1 << 20;       // beyond, nothing more is read
constexpr std::size_t k_longest_transfer = 1 << 20;  // of one URB
constexpr std::size_t k_most_urbs = 1024;            // waiting at once
constexpr std::uint32_t k_data_endpoint = 1;

}  // namespace

void UsbipSession::start() {
  boost::system::error_code ignored;
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  read(k_usbip_operation_size, &UsbipSession::on_operation);
}

void UsbipSession::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  bulk_in_.clear();
  host_.closed(*this);
}

void UsbipSession::leave() {
  bulk_in_.clear();
  last_ = true;
  if (writing_.empty()) close();
}

bool UsbipSession::overdue() const {
  return !attached_ && host_.now_ns() - opened_ns_ > k_longest_silence_ns;
}

void UsbipSession::read(std::size_t size, void (UsbipSession::*next)()) {
  input_.resize(size);
  boost::asio::async_read(
      socket_, boost::asio::buffer(input_),
      [self = shared_from_this(), next](const boost::system::error_code& error, std::size_t) {
        if (!self->socket_.is_open()) return;
        if (error) return self->close();
        (self.get()->*next)();
      });
}

void UsbipSession::on_operation() {
  const auto operation = decode_operation(std::span<const std::byte, k_usbip_operation_size>(input_));
  if (operation == UsbipOperation::import) return read(k_usbip_bus_id_size, &UsbipSession::on_import);
  if (operation != UsbipOperation::list) return close();
  UsbDevice& device = host_.device();
  reply_last(encode_list(device.advance(host_.let_pass(host_.now_ns())) ? &device.descriptors() : nullptr));
}

void UsbipSession::on_import() {
  const char* text = reinterpret_cast<const char*>(input_.data());
  const std::string_view bus_id(text, ::strnlen(text, input_.size()));
  UsbDevice& device = host_.device();
  if (bus_id != k_usbip_bus_id || !device.advance(host_.let_pass(host_.now_ns())))
    return reply_last(encode_import(UsbipStatus::no_device, device.descriptors()));
  attached_ = host_.attach(*this);
  if (!attached_) return reply_last(encode_import(UsbipStatus::busy, device.descriptors()));
  reply(encode_import(UsbipStatus::ok, device.descriptors()));
  read_command();
}

void UsbipSession::read_command() {
  waiting_to_read_ = output_.size() > k_most_output;
  if (!waiting_to_read_) read(k_usbip_command_size, &UsbipSession::on_command);
}

void UsbipSession::on_command() {
  if (last_) return;
  const auto command = decode_command(std::span<const std::byte, k_usbip_command_size>(input_));
  if (!command || command->length > k_longest_transfer) return close();
  command_ = *command;
  if (command_.kind == UsbipCommandKind::unlink) {
    unlink();
  } else if (!command_.to_host && command_.length > 0) {
    return read(command_.length, &UsbipSession::on_data);
  } else {
    submit({});
  }
  if (socket_.is_open()) read_command();
}

void UsbipSession::on_data() {
  if (last_) return;
  submit(input_);
  if (socket_.is_open()) read_command();
}

void UsbipSession::submit(std::span<const std::byte> data) {
  if (command_.endpoint == 0) {
    pump();
    const TimeNs now_ns = host_.let_pass(host_.now_ns());
    UsbReply answer = host_.device().control(now_ns, command_.setup, data);
    if (!host_.device().advance(now_ns)) return leave();
    answer.data.resize(std::min<std::size_t>(answer.data.size(), command_.length));
    const std::size_t length = command_.to_host ? answer.data.size() : data.size();
    reply(
        encode_submit_reply(command_.sequence, answer.status, answer.status == 0 ? length : 0, answer.data));
    return pump();
  }
  if (command_.endpoint != k_data_endpoint)
    return reply(encode_submit_reply(command_.sequence, -EPIPE, 0, {}));
  if (command_.to_host) return submit_bulk_in();
  host_.device().data_out(host_.now_ns(), data);
  reply(encode_submit_reply(command_.sequence, 0, data.size(), {}));
  pump();
}

void UsbipSession::submit_bulk_in() {
  if (bulk_in_.size() >= k_most_urbs) return close();
  if (command_.length == 0 || command_.length % UsbDevice::k_packet_size != 0)
    return reply(encode_submit_reply(command_.sequence, -EOVERFLOW, 0, {}));
  bulk_in_.push_back({command_.sequence, command_.length, {}});
  pump();
}

void UsbipSession::unlink() {
  const auto found = std::ranges::find(bulk_in_, command_.unlinked, &BulkIn::sequence);
  const bool waiting = found != bulk_in_.end();
  if (waiting) bulk_in_.erase(found);
  reply(encode_unlink_reply(command_.sequence, waiting ? -ECONNRESET : 0));
}

// The device's time goes from packet to packet here: a host controller fetches what an URB waits for even
// while this process does not run, so that is gone before the device's own queue fills.
void UsbipSession::pump() {
  UsbDevice& device = host_.device();
  while (!bulk_in_.empty()) {
    const TimeNs now_ns = host_.now_ns();
    const TimeNs ready_ns = std::min(now_ns, device.bulk_in_ready_ns().value_or(now_ns));
    const auto packet = device.bulk_in(host_.let_pass(ready_ns));
    if (!packet && ready_ns < now_ns) continue;
    if (!packet) return host_.wait_for_device();
    BulkIn& urb = bulk_in_.front();
    urb.data.insert(urb.data.end(), packet->begin(), packet->end());
    if (urb.data.size() < urb.length) continue;
    reply(encode_submit_reply(urb.sequence, 0, urb.data.size(), urb.data));
    bulk_in_.pop_front();
  }
  static_cast<void>(device.advance(host_.let_pass(host_.now_ns())));
}

void UsbipSession::reply(std::vector<std::byte> bytes) {
  output_.insert(output_.end(), bytes.begin(), bytes.end());
  if (writing_.empty()) write();
}

void UsbipSession::reply_last(std::vector<std::byte> bytes) {
  last_ = true;
  reply(std::move(bytes));
}

void UsbipSession::write() {
  std::swap(output_, writing_);
  boost::asio::async_write(socket_, boost::asio::buffer(writing_),
                           [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                             if (!self->socket_.is_open()) return;
                             if (error) return self->close();
                             self->writing_.clear();
                             if (!self->output_.empty()) {
                               self->write();
                             } else if (self->last_) {
                               self->close();
                             }
                             if (self->waiting_to_read_) self->read_command();
                           });
}

}  // namespace joulemark::usbip
