#include "harness/record/run_id.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <fstream>

#include "harness/base/error.hpp"

namespace gpugauge {

std::string new_run_id() {
  constexpr const char* kSource = "/proc/sys/kernel/random/uuid";  // random(4)
  std::ifstream source(kSource);
  std::string id;
  if (!std::getline(source, id))
    throw EnvironmentError(fmt::format("{}: cannot be read, the run gets no id", kSource));
  return id;
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace gpugauge
