#include <algorithm>
#include <array>

#include "harness/base/shell_word.hpp"
#include "harness/render/report/report_data.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

/// Options of `run` that say where the result goes or what was left out of it, and whether the next
/// word belongs to them.
struct Dropped {
  std::string_view name;
  bool takes_value;
};
constexpr std::array kDropped{Dropped{"-o", true}, Dropped{"--output", true},
                              Dropped{"--resume", true}, Dropped{"--filter", true},
                              Dropped{"--overwrite", false}};

}  // namespace

Json rerun_json(const Record& record) {
  const auto& sessions = record.provenance.sessions;
  if (sessions.empty()) return nullptr;
  const std::vector<std::string>& argv = sessions.front().argv;
  const auto run = std::find(argv.begin(), argv.end(), "run");
  // The program's own name may stand before it.
  if (run == argv.end() || run - argv.begin() > 1) return nullptr;
  const auto dashes = std::find(run, argv.end(), "--");
  std::string before = "gpugauge run", behind;
  for (auto word = run + 1; word != dashes; ++word) {
    const auto drop = std::find_if(kDropped.begin(), kDropped.end(), [&](const Dropped& d) {
      return word->substr(0, word->find('=')) == d.name;
    });
    if (drop == kDropped.end()) {
      before += " " + shell_word(*word);
    } else if (drop->takes_value && word->find('=') == std::string::npos && word + 1 != dashes) {
      ++word;
    }
  }
  for (auto word = dashes; word != argv.end(); ++word) behind += " " + shell_word(*word);
  return {{"before", printable(before)}, {"behind", printable(behind)}};
}

}  // namespace gpugauge
