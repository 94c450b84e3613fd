#include "tests/simt/fiber.hpp"

#include <boost/context/protected_fixedsize_stack.hpp>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#else
inline void __sanitizer_start_switch_fiber(void**, const void*, std::size_t) {}
inline void __sanitizer_finish_switch_fiber(void*, const void**, std::size_t*) {}
#endif

namespace gpugauge::simt {
namespace {

// Frames are large under AddressSanitizer. Pages that are not touched cost nothing, and the guard
// page below makes an overflow a fault.
constexpr std::size_t kStackBytes = 256 * 1024;

}  // namespace

Fiber::Fiber() {
  boost::context::protected_fixedsize_stack allocator(kStackBytes);
  stack_ = allocator.allocate();
  inside_ = boost::context::fiber(
      std::allocator_arg, boost::context::preallocated(stack_.sp, stack_.size, stack_), allocator,
      [this](boost::context::fiber&& outside) {
        __sanitizer_finish_switch_fiber(nullptr, &outer_stack_, &outer_bytes_);
        outside_ = std::move(outside);
        loop();
        __sanitizer_start_switch_fiber(nullptr, outer_stack_, outer_bytes_);
        return std::move(outside_);
      });
}

Fiber::~Fiber() {
  closing_ = true;
  resume();  // the loop ends, and Boost frees the stack
}

void Fiber::start(const std::function<void()>& body) { body_ = &body; }

void Fiber::loop() {
  while (!closing_) {
    (*body_)();
    body_ = nullptr;
    suspend();
  }
}

void Fiber::resume() {
  void* fake_stack = nullptr;
  const auto* bottom = static_cast<const char*>(stack_.sp) - stack_.size;
  __sanitizer_start_switch_fiber(&fake_stack, bottom, stack_.size);
  inside_ = std::move(inside_).resume();
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
}

void Fiber::suspend() {
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, outer_stack_, outer_bytes_);
  outside_ = std::move(outside_).resume();
  __sanitizer_finish_switch_fiber(fake_stack, &outer_stack_, &outer_bytes_);
}

}  // namespace gpugauge::simt
