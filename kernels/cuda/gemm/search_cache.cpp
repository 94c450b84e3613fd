#include "kernels/cuda/gemm/search_cache.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/base/environment.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

}  // namespace

// Where the library finds them, by the type of their argument.
static void to_json(Json& json, const SearchedAlgorithm& a) {
  json = {{"algorithm", a.algorithm}, {"workspace_bytes", a.workspace_bytes}, {"rows", a.rows}};
}
static void from_json(const Json& json, SearchedAlgorithm& a) {
  json.at("algorithm").get_to(a.algorithm);
  json.at("workspace_bytes").get_to(a.workspace_bytes);
  json.at("rows").get_to(a.rows);
}

fs::path SearchCache::customary_file() {
  if (const std::string chosen = environment("GPUGAUGE_SEARCH_CACHE"); !chosen.empty())
    return chosen == "off" ? fs::path() : fs::path(chosen);
  const fs::path name = fs::path("gpugauge") / "cublaslt.jsonl";
  if (const std::string caches = environment("XDG_CACHE_HOME"); !caches.empty())
    return fs::path(caches) / name;
  if (const std::string home = environment("HOME"); !home.empty())
    return fs::path(home) / ".cache" / name;
  return {};
}

/// Calls `read` with the lines of the key that are not too old; what they lack, it may throw.
template <typename Read>
void SearchCache::each_line(std::string_view key, const Read& read) const {
  std::ifstream file(file_);
  for (std::string line; std::getline(file, line);) {
    try {
      const Json json = Json::parse(line);
      if (json.at("key") != key) continue;
      const std::int64_t age_s = now_s_ - json.at("unix_seconds").get<std::int64_t>();
      if (age_s >= 0 && age_s <= kKeptSeconds) read(json);
    } catch (const Json::exception&) {
      continue;  // torn, or another version's
    }
  }
}

std::optional<SearchedChoice> SearchCache::find(std::string_view key) const {
  std::optional<SearchedChoice> found;
  each_line(key, [&](const Json& json) {
    SearchedChoice choice{.finalists = json.at("finalists").get<std::vector<SearchedAlgorithm>>(),
                          .seconds = json.at("seconds"),
                          .clear = json.at("clear"),
                          .tried = json.at("tried"),
                          .candidates = json.at("candidates"),
                          .limits = json.at("limits"),
                          .budget_seconds = json.at("budget_seconds")};
    if (!choice.finalists.empty()) found = std::move(choice);
  });
  return found;
}

void SearchCache::add(std::string_view key, const SearchedChoice& choice) const {
  const Json json{{"key", key},
                  {"unix_seconds", now_s_},
                  {"finalists", choice.finalists},
                  {"seconds", choice.seconds},
                  {"clear", choice.clear},
                  {"tried", choice.tried},
                  {"candidates", choice.candidates},
                  {"limits", choice.limits},
                  {"budget_seconds", choice.budget_seconds}};
  append(json.dump());
}

std::map<std::string, std::string> SearchCache::lost(std::string_view key) const {
  std::map<std::string, std::string> all;
  each_line(key, [&](const Json& json) {
    if (json.contains("lost")) all[json.at("lost")] = json.at("how");
  });
  return all;
}

void SearchCache::add_lost(std::string_view key, const std::string& candidate,
                           const std::string& how) const {
  append(Json{{"key", key}, {"unix_seconds", now_s_}, {"lost", candidate}, {"how", how}}.dump());
}

void SearchCache::append(const std::string& line) const {
  if (file_.empty()) return;
  std::error_code ignored;
  fs::create_directories(file_.parent_path(), ignored);
  // One write of a whole line: runs side by side do not tear each other's. The newline before it
  // ends a line that a killed run left unfinished.
  std::ofstream(file_, std::ios::app) << "\n" + line + "\n";
}

}  // namespace gpugauge
