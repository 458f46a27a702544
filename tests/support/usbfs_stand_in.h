// SPDX-License-Identifier: Apache-2.0
// Plays the kernel's usbfs to the real libusb, where there is no USB: link usbfs_stand_in.cpp into a program
// and its ioctl() and poll() answer for one device, with a real system call each. Control requests and a bulk
// IN endpoint.
#pragma once

#include <drivers/transport/usb/device.h>
#include <drivers/transport/usbip/usb_device.h>

#include <linux/usbdevice_fs.h>

#include <deque>
#include <memory>
#include <mutex>

namespace joulemark::usb::test {

// One at a time. It takes part in the device's calls on the steady clock.
class UsbfsStandIn {
 public:
  explicit UsbfsStandIn(usbip::UsbDevice& device);
  ~UsbfsStandIn();
  UsbfsStandIn(const UsbfsStandIn&) = delete;
  UsbfsStandIn& operator=(const UsbfsStandIn&) = delete;

  // For libusb_wrap_sys_device.
  [[nodiscard]] int file() const { return file_; }
  // Readable once the device has something.
  [[nodiscard]] int timer() const { return timer_; }
  // What the device itself took of the callers' processor time.
  [[nodiscard]] double device_cpu_s() const { return device_cpu_s_; }

  // As the kernel answers: 0 or more, else minus an errno.
  [[nodiscard]] int request(unsigned long code, void* argument);
  [[nodiscard]] short events();  // as poll tells them

 private:
  [[nodiscard]] int submit(usbdevfs_urb& urb);
  [[nodiscard]] int discard(usbdevfs_urb* urb);
  [[nodiscard]] int reap(usbdevfs_urb** into);
  void answer_control(usbdevfs_urb& urb);
  void let_time_pass();
  void look_at(TimeNs when_ns);
  void complete(usbdevfs_urb& urb, int status);

  usbip::UsbDevice& device_;
  int file_;   // its descriptors, as usbfs shows them
  int timer_;  // fires when the device is ready
  double device_cpu_s_ = 0;
  std::mutex mutex_;
  bool gone_ = false;
  std::deque<usbdevfs_urb*> waiting_;
  std::deque<usbdevfs_urb*> completed_;
};

// The device as the real libusb has it.
[[nodiscard]] Result<std::unique_ptr<Device>> claim(const UsbfsStandIn& usbfs);

}  // namespace joulemark::usb::test
