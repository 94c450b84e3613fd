#include "tests/emulated/switches.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <stdexcept>

#include "harness/base/nearest.hpp"

namespace gpugauge::emulated {
namespace {

/// One variable as it was found.
struct Variable {
  std::string_view name, value;

  [[noreturn]] void refuse(std::string_view expected) const {
    throw std::invalid_argument(
        fmt::format("{}: found {}, expected {}", name, in_quotes(value), expected));
  }

  template <typename Number>
  Number number(Number least, Number most) const {
    Number result{};
    const bool hexadecimal = std::is_integral_v<Number> && value.starts_with("0x");
    const char* begin = value.data() + (hexadecimal ? 2 : 0);
    const char* end = value.data() + value.size();
    std::from_chars_result parsed{};
    if constexpr (std::is_integral_v<Number>) {
      parsed = std::from_chars(begin, end, result, hexadecimal ? 16 : 10);
    } else {
      parsed = std::from_chars(begin, end, result);
    }
    if (parsed.ec != std::errc{} || parsed.ptr != end || !(result >= least && result <= most)) {
      refuse(most == std::numeric_limits<Number>::max()
                 ? fmt::format("a number of at least {}", least)
                 : fmt::format("a number from {} to {}", least, most));
    }
    return result;
  }

  template <typename Number>
  Number at_least(Number least) const {
    return number<Number>(least, std::numeric_limits<Number>::max());
  }

  std::string text() const {
    if (value.empty()) refuse("a text");
    return std::string(value);
  }
};

struct Reader {
  std::string_view name;
  void (*read)(const Variable& found, Switches& into);
};

constexpr Reader kReaders[] = {
    {"EMULATED_CARD",
     [](const Variable& found, Switches& into) {
       try {
         into.card = &card_named(found.value);
       } catch (const std::invalid_argument& error) {
         throw std::invalid_argument(fmt::format("{}: {}", found.name, error.what()));
       }
     }},
    {"EMULATED_L2_BYTES",
     [](auto& found, auto& into) { into.l2_bytes = found.template at_least<std::int64_t>(1024); }},
    {"EMULATED_DEVICES", [](auto& found, auto& into) { into.devices = found.number(1, 8); }},
    {"EMULATED_CRASH", [](auto& found, auto& into) { into.crash = found.text(); }},
    {"EMULATED_HANG", [](auto& found, auto& into) { into.hang = found.text(); }},
    {"EMULATED_GRAPH_LEAVES_OUT",
     [](auto& found, auto& into) { into.graph_leaves_out = found.text(); }},
    {"EMULATED_OUT_OF_MEMORY_BYTES",
     [](auto& found, auto& into) {
       into.out_of_memory_bytes = found.template at_least<std::int64_t>(0);
     }},
    {"EMULATED_VANISH_AFTER",
     [](auto& found, auto& into) {
       into.vanish_after_launches = found.template at_least<std::int64_t>(0);
     }},
    {"EMULATED_START_ERROR", [](auto& found, auto& into) { into.start_error = found.at_least(1); }},
    {"EMULATED_DRIVER_VERSION",
     [](auto& found, auto& into) { into.driver_version = found.at_least(0); }},
    {"EMULATED_NO_NVML",
     [](auto& found, auto& into) {
       if (found.value != "1") found.refuse("1");
       into.no_nvml = true;
     }},
    {"EMULATED_NVML_NOT_SUPPORTED",
     [](auto& found, auto& into) {
       const std::string names = found.text();
       for (std::size_t begin = 0; begin <= names.size();) {
         const std::size_t end = std::min(names.find(',', begin), names.size());
         if (end == begin) found.refuse("names with commas between");
         into.nvml_not_supported.push_back(names.substr(begin, end - begin));
         begin = end + 1;
       }
     }},
    {"EMULATED_ECC_ERRORS",
     [](const Variable& found, Switches& into) {
       const std::size_t colon = found.value.find(':');
       const auto part = [&](std::string_view value) {
         return Variable{found.name, value}.at_least<std::uint64_t>(0);
       };
       into.corrected_errors = part(found.value.substr(0, colon));
       if (colon != std::string_view::npos)
         into.uncorrected_errors = part(found.value.substr(colon + 1));
     }},
    {"EMULATED_XID", [](auto& found, auto& into) { into.xid = found.at_least(1); }},
    {"EMULATED_THROTTLE",
     [](auto& found, auto& into) {
       into.throttle_reasons = found.template at_least<std::uint64_t>(0);
     }},
    {"EMULATED_CLOCK_FALL",
     [](auto& found, auto& into) {
       into.clock_fall_percent_per_second = found.number(0.0, 100.0);
     }},
    {"EMULATED_APPLICATION_CLOCK_MHZ",
     [](auto& found, auto& into) { into.application_clock_mhz = found.at_least(1.0); }},
    {"EMULATED_TIME_SCALE",
     [](auto& found, auto& into) { into.time_scale = found.number(1e-6, 1e6); }},
    {"EMULATED_SEED",
     [](auto& found, auto& into) { into.seed = found.template at_least<std::uint64_t>(0); }},
    {"EMULATED_REPORT", [](auto& found, auto& into) { into.report = found.text(); }},
};

}  // namespace

bool Switches::nvml_lacks(std::string_view function) const {
  return std::ranges::any_of(nvml_not_supported, [&](const std::string& name) {
    return name == "all" || name == function;
  });
}

Switches parse_switches(std::span<const std::string> environment) {
  Switches result;
  result.card = &card_named("h100-sxm");
  for (const std::string& line : environment) {
    if (!line.starts_with("EMULATED_")) continue;
    const std::size_t equals = std::min(line.find('='), line.size());
    const Variable found{std::string_view(line).substr(0, equals),
                         std::string_view(line).substr(std::min(equals + 1, line.size()))};
    const auto reader = std::ranges::find(kReaders, found.name, &Reader::name);
    if (reader == std::end(kReaders)) {
      std::vector<std::string_view> known;
      for (const Reader& each : kReaders) known.push_back(each.name);
      throw std::invalid_argument(unknown_name_message("switch", found.name, known));
    }
    reader->read(found, result);
  }
  return result;
}

const Switches& switches() {
  static const Switches result = [] {
    std::vector<std::string> environment;
    for (char** line = environ; *line != nullptr; ++line) environment.emplace_back(*line);
    try {
      return parse_switches(environment);
    } catch (const std::invalid_argument& error) {
      std::fprintf(stderr, "emulated card: %s\n", error.what());
      std::_Exit(2);
    }
  }();
  return result;
}

}  // namespace gpugauge::emulated
