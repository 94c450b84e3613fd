#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include "harness/base/error.hpp"
#include "harness/cli/app.hpp"

namespace {

int fail(gpugauge::ExitStatus status, const char* message) {
  std::fprintf(stderr, "gpugauge: %s\n", message);  // never throws, unlike fmt::print
  return static_cast<int>(status);
}

}  // namespace

/// The only place where an error becomes an exit status.
int main(int argc, char** argv) {
  using gpugauge::ExitStatus;
  // A file-size limit is then an error of write(), which keeps what was written.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const ExitStatus status = gpugauge::run_app({argv + 1, argv + argc});
    std::cout.flush();
    if (!std::cout) return fail(ExitStatus::kEnvironment, "standard output could not be written");
    return static_cast<int>(status);
  } catch (const gpugauge::Error& error) {
    return fail(error.status(), error.what());
  } catch (const std::exception& error) {
    return fail(ExitStatus::kEnvironment, error.what());
  }
}
