#include "kernels/cuda/gemm/search_cache.hpp"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace gpugauge {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

}  // namespace

fs::path SearchCache::customary_file() {
  if (const char* chosen = environment("GPUGAUGE_SEARCH_CACHE"))
    return std::string_view(chosen) == "off" ? fs::path() : fs::path(chosen);
  const fs::path name = fs::path("gpugauge") / "cublaslt.jsonl";
  if (const char* caches = environment("XDG_CACHE_HOME")) return fs::path(caches) / name;
  if (const char* home = environment("HOME")) return fs::path(home) / ".cache" / name;
  return {};
}

std::optional<SearchedChoice> SearchCache::find(std::string_view key) const {
  std::optional<SearchedChoice> found;
  std::ifstream file(file_);
  for (std::string line; std::getline(file, line);) {
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object() || json.value("key", "") != key) continue;
    try {
      found = SearchedChoice{.algorithm = json.at("algorithm"),
                             .workspace_bytes = json.at("workspace_bytes"),
                             .rows = json.at("rows"),
                             .candidates = json.at("candidates")};
    } catch (const Json::exception&) {
      continue;  // another version's line
    }
  }
  return found;
}

void SearchCache::add(std::string_view key, const SearchedChoice& choice) const {
  if (file_.empty()) return;
  std::error_code ignored;
  fs::create_directories(file_.parent_path(), ignored);
  const Json json{{"key", key},
                  {"algorithm", choice.algorithm},
                  {"workspace_bytes", choice.workspace_bytes},
                  {"rows", choice.rows},
                  {"candidates", choice.candidates}};
  // One write of a whole line: runs side by side do not tear each other's. The newline before it
  // ends a line that a killed run left unfinished.
  std::ofstream(file_, std::ios::app) << "\n" + json.dump() + "\n";
}

}  // namespace gpugauge
