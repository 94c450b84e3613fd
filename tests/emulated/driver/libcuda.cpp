// A driver's library that does not start: for the program as it is, with NVIDIA's own runtime in
// it.
//
// STAND_IN_CUINIT: what cuInit answers, 999 where it is not set; 0 lets the runtime go on to
// whatever it asks next, which fails. STAND_IN_DRIVER: the newest CUDA that it runs, 13000 where
// not set.

#include <cstdlib>
#include <cstring>

namespace {

constexpr int kUnknownError = 999;

int number(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

int fail() { return kUnknownError; }

}  // namespace

// Signatures: CUDA driver API.
extern "C" {

int cuInit(unsigned) { return number("STAND_IN_CUINIT", kUnknownError); }

int cuDriverGetVersion(int* version) {
  *version = number("STAND_IN_DRIVER", 13000);
  return 0;
}

int cuGetProcAddress_v2(const char* name, void** function, int, unsigned long long, int* found) {
  if (found != nullptr) *found = 0;
  if (std::strcmp(name, "cuInit") == 0) {
    *function = reinterpret_cast<void*>(cuInit);
  } else if (std::strcmp(name, "cuDriverGetVersion") == 0) {
    *function = reinterpret_cast<void*>(cuDriverGetVersion);
  } else if (std::strncmp(name, "cuGetProcAddress", std::strlen("cuGetProcAddress")) == 0) {
    *function = reinterpret_cast<void*>(cuGetProcAddress_v2);
  } else {
    *function = reinterpret_cast<void*>(fail);
  }
  return 0;
}

int cuGetProcAddress(const char* name, void** function, int version, unsigned long long flags) {
  return cuGetProcAddress_v2(name, function, version, flags, nullptr);
}

}  // extern "C"
