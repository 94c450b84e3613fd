#pragma once

#include <boost/context/fiber.hpp>
#include <cstddef>
#include <functional>

namespace gpugauge::simt {

/// A stack of its own that runs one body after another. AddressSanitizer is told of every switch.
class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// The next `resume` begins `body`, which must outlive its run and throw nothing.
  void start(const std::function<void()>& body);
  /// Runs the body until it suspends or ends. Called from outside.
  void resume();
  /// Goes back to who resumed it. Called from inside.
  void suspend();
  bool done() const { return body_ == nullptr; }

 private:
  void loop();

  const std::function<void()>* body_ = nullptr;
  bool closing_ = false;
  boost::context::stack_context stack_;
  const void* outer_stack_ = nullptr;  ///< as the sanitizer reports it
  std::size_t outer_bytes_ = 0;
  boost::context::fiber inside_, outside_;
};

}  // namespace gpugauge::simt
