#include "harness/config/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/config/checkpoint_file.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPacked = ".json.gz";

bool is_catalog(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "suites", ignored);
}

/// Files of a folder with this extension, sorted by name.
std::vector<fs::path> files_in(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> stems_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::path& file : files_in(folder, ".yaml")) names.push_back(file.stem().string());
  return names;
}

bool is_path(const fs::path& given) {
  constexpr std::array<std::string_view, 3> kExtensions{".yaml", ".yml", ".json"};
  return given.has_parent_path() ||
         std::find(kExtensions.begin(), kExtensions.end(), given.extension()) != kExtensions.end();
}

/// The file that was named, the config.json of the folder that was, or the file of that name in
/// `folder`.
fs::path find_file(std::string_view kind, const fs::path& folder, std::string_view name_or_path) {
  const fs::path given(name_or_path);
  if (is_path(given)) {
    std::error_code ignored;
    return fs::is_directory(given, ignored) ? given / "config.json" : given;
  }
  const std::vector<std::string> names = stems_in(folder);
  if (std::find(names.begin(), names.end(), name_or_path) == names.end())
    throw UsageError(unknown_name_message(kind, name_or_path, names));
  return folder / fmt::format("{}.yaml", name_or_path);
}

}  // namespace

fs::path find_configs(const std::optional<std::string>& environment,
                      const std::vector<fs::path>& starts) {
  if (environment) {
    if (is_catalog(*environment)) return *environment;
    throw EnvironmentError(fmt::format(
        "GPUGAUGE_CONFIGS is '{}', expected a folder that holds suites/", *environment));
  }
  for (const fs::path& start : starts) {
    for (fs::path folder = start;; folder = folder.parent_path()) {
      for (const char* place :
           {"configs", "share/gpugauge/configs"}) {  // a checkout, an installation
        if (is_catalog(folder / place)) return folder / place;
      }
      if (folder == folder.parent_path()) break;
    }
  }
  std::string places;
  for (const fs::path& start : starts) places += fmt::format(" nor above {}", start.string());
  throw EnvironmentError(
      fmt::format("no folder configs/ with suites/ in it: GPUGAUGE_CONFIGS is not set,{}", places));
}

Catalog Catalog::locate() {
  const char* const environment = std::getenv("GPUGAUGE_CONFIGS");
  std::error_code error;
  std::vector<fs::path> starts;
  if (const fs::path binary = fs::read_symlink("/proc/self/exe", error); !error)
    starts.push_back(binary.parent_path());
  if (const fs::path current = fs::current_path(error); !error) starts.push_back(current);
  return Catalog(find_configs(
      environment != nullptr ? std::optional<std::string>(environment) : std::nullopt, starts));
}

fs::path Catalog::suite_file(std::string_view name_or_path) const {
  return find_file("suite", root_ / "suites", name_or_path);
}

ModelConfig Catalog::model(std::string_view name_or_path) const {
  return load_model(find_file("model", root_ / "models", name_or_path));
}

EncoderConfig Catalog::encoder(std::string_view name_or_path) const {
  return load_encoder(find_file("encoder", root_ / "encoders", name_or_path));
}

DiffusionConfig Catalog::diffusion(std::string_view name_or_path) const {
  return load_diffusion(find_file("diffusion model", root_ / "diffusion", name_or_path));
}

std::variant<EncoderConfig, DiffusionConfig> Catalog::forward_model(
    std::string_view name_or_path) const {
  const std::vector<std::string> encoders = encoder_names(), images = diffusion_names();
  if (is_path(name_or_path)) {
    const fs::path file = find_file("model", root_, name_or_path);
    if (is_checkpoint_config(file)) return load_encoder(file);
    constexpr std::array<std::string_view, 2> kKinds{"encoder", "diffusion"};
    if (read_yaml(file).mapping().required("kind").name_in(kKinds) == kKinds[0])
      return load_encoder(file);
    return load_diffusion(file);
  }
  if (std::find(images.begin(), images.end(), name_or_path) != images.end())
    return diffusion(name_or_path);
  if (std::find(encoders.begin(), encoders.end(), name_or_path) != encoders.end())
    return encoder(name_or_path);
  std::vector<std::string> known = encoders;
  known.insert(known.end(), images.begin(), images.end());
  throw UsageError(unknown_name_message("encoder or image model", name_or_path, known));
}

Datasheet Catalog::datasheet(std::string_view name_or_path) const {
  return load_datasheet(find_file("device", root_ / "devices", name_or_path));
}

MethodError Catalog::method_error() const { return load_method_error(root_ / "method_error.yaml"); }

ServingEngine Catalog::serving_engine(std::string_view name_or_path) const {
  return load_serving_engine(find_file("serving engine", root_ / "engines", name_or_path));
}

PriceList Catalog::prices(const std::vector<std::string>& files) const {
  if (!files.empty()) return load_price_list({files.begin(), files.end()});
  const std::vector<fs::path> shipped = files_in(root_ / "prices", ".csv");
  if (shipped.empty())
    throw UsageError(fmt::format("{}: holds no price list (*.csv)", (root_ / "prices").string()));
  return load_price_list(shipped);
}

std::vector<std::string> Catalog::suite_names() const { return stems_in(root_ / "suites"); }
std::vector<std::string> Catalog::model_names() const { return stems_in(root_ / "models"); }
std::vector<std::string> Catalog::encoder_names() const { return stems_in(root_ / "encoders"); }
std::vector<std::string> Catalog::diffusion_names() const { return stems_in(root_ / "diffusion"); }
std::vector<std::string> Catalog::datasheet_names() const { return stems_in(root_ / "devices"); }
std::vector<std::string> Catalog::serving_engine_names() const {
  return stems_in(root_ / "engines");
}

fs::path Catalog::imported_folder() const {
  return (root_ / "../results/imported").lexically_normal();
}

std::vector<std::string> Catalog::imported_names() const {
  std::vector<std::string> names;
  for (const fs::path& file : files_in(imported_folder(), ".gz")) {
    const std::string name = file.filename().string();
    if (name.ends_with(kPacked)) names.push_back(name.substr(0, name.size() - kPacked.size()));
  }
  return names;
}

fs::path Catalog::imported_file(std::string_view card) const {
  return imported_folder() / fmt::format("{}{}", card, kPacked);
}

fs::path Catalog::result_file(const std::string& file_or_card) const {
  const fs::path given(file_or_card);
  std::error_code ignored;
  if (fs::exists(given, ignored) || given.has_parent_path() || given.has_extension()) return given;
  const std::vector<std::string> names = imported_names();
  if (names.empty()) return given;
  const auto is_in = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), file_or_card) != list.end();
  };
  if (is_in(names)) return imported_file(file_or_card);
  if (is_in(datasheet_names()))
    throw UsageError(
        fmt::format("{0}: no such file, and results/imported has nothing of this card "
                    "that others measured: {1}",
                    file_or_card, expected_names({}, names)));
  const auto file = nearest_file(given);
  if (file && !nearest(file_or_card, names))
    throw UsageError(fmt::format("{}: no such file; did you mean '{}'?", file_or_card, *file));
  throw UsageError(unknown_name_message("result file or card", file_or_card, names));
}

std::vector<Datasheet> Catalog::datasheets() const {
  std::vector<Datasheet> sheets;
  for (const std::string& name : datasheet_names()) sheets.push_back(datasheet(name));
  for (auto a = sheets.begin(); a != sheets.end(); ++a) {
    for (auto b = std::next(a); b != sheets.end(); ++b) {
      const auto both = matched_by_both(*a, *b);
      if (!both) continue;
      const fs::path folder = root_ / "devices";
      throw UsageError(fmt::format("{} and {} both match {}, expected one datasheet for a card",
                                   (folder / (a->name + ".yaml")).string(),
                                   (folder / (b->name + ".yaml")).string(), *both));
    }
  }
  return sheets;
}

}  // namespace gpugauge
