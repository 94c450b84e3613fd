// What g++ calls with -fsanitize=alignment where a kernel uses an address that is no multiple of
// what its type asks for: on a card such an access ends the context.

#include <fmt/format.h>

#include <cstdint>

#include "tests/emulated/broken_rule.hpp"
#include "tests/simt/machine.hpp"

namespace {

// As libubsan has them (GCC, libsanitizer/ubsan/ubsan_handlers.h and ubsan_value.h).
struct Place {
  const char* file;
  std::uint32_t line, column;
};
struct Type {
  std::uint16_t kind, info;
  char name[1];  ///< in quotes, to its zero
};
struct Mismatch {
  Place place;
  const Type* type;
  unsigned char log_alignment, kind;
};

}  // namespace

/// Does not come back: the access would be the host's next fault.
extern "C" void __ubsan_handle_type_mismatch_v1(const Mismatch* mismatch, const void* address) {
  try {
    gpugauge::simt::machine().fail(fmt::format("uses {} at {}, which is no multiple of {} ({}:{})",
                                               static_cast<const char*>(mismatch->type->name),
                                               address, 1U << mismatch->log_alignment,
                                               mismatch->place.file, mismatch->place.line));
  } catch (const gpugauge::simt::Error& error) {
    gpugauge::emulated::broken("kernel", error.what());
  }
}
