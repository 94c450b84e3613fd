#include "harness/history/ack_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "harness/base/error.hpp"
#include "harness/base/text_file.hpp"
#include "harness/history/folder_lock.hpp"
#include "harness/history/history.hpp"
#include "harness/record/file.hpp"

namespace gpugauge {
namespace {

constexpr const char* kHeader =
    "# Changes that gpugauge track accepts, and why: commit this file.\n# case and card are "
    "patterns (* is anything); night: accept the change that begins on that date;\n# mute: show, "
    "but never fail; threshold_percent: the smallest change that counts.\n";

/// As one item of a block list.
std::string entry_of(const Ack& ack) {
  YAML::Emitter out;
  out << YAML::BeginSeq << YAML::BeginMap;
  const auto text = [&](const char* key, const std::string& value) {
    if (!value.empty()) out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
  };
  text("case", ack.cases);
  if (ack.card != "*") text("card", ack.card);
  if (ack.night) out << YAML::Key << "night" << YAML::Value << *ack.night;
  if (ack.mute) out << YAML::Key << "mute" << YAML::Value << true;
  if (ack.delta) out << YAML::Key << "threshold_percent" << YAML::Value << 100 * *ack.delta;
  text("reason", ack.reason);
  text("commit", ack.commit);
  text("by", ack.by);
  out << YAML::EndMap << YAML::EndSeq;
  return std::string(out.c_str()) + "\n";
}

}  // namespace

void append_ack(const std::filesystem::path& file, const Ack& ack) {
  make_parent_folder(file);
  const FolderLock lock(file.has_parent_path() ? file.parent_path() : ".", kLockLimit);
  load_acks(file);  // throws, with its line, if it cannot be read
  std::error_code ignored;
  std::string text = std::filesystem::exists(file, ignored) ? read_text_file(file) : kHeader;
  if (!text.empty() && text.back() != '\n') text += '\n';
  text += entry_of(ack);

  replace_file(file, text, [&](const std::filesystem::path& written) {
    try {
      load_acks(written);
    } catch (const UsageError&) {
      throw UsageError(fmt::format(
          "{}: cannot be appended to, expected a list with one '- case: …' a line", file.string()));
    }
  });
}

}  // namespace gpugauge
