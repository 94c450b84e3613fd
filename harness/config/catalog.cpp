#include "harness/config/catalog.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <iterator>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/shell_word.hpp"
#include "harness/base/text_file.hpp"
#include "harness/config/card_names.hpp"
#include "harness/config/checkpoint_file.hpp"
#include "harness/config/model_names.hpp"
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

bool has_config_ending(const fs::path& given) {
  constexpr std::array<std::string_view, 3> kExtensions{".yaml", ".yml", ".json"};
  return std::find(kExtensions.begin(), kExtensions.end(), given.extension()) != kExtensions.end();
}

bool is_path(const fs::path& given) { return given.has_parent_path() || has_config_ending(given); }

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

/// A folder of the configs that has no file of the kind: another folder than gpugauge's.
[[noreturn]] void fail_empty(std::string_view kind, const fs::path& folder) {
  const char* const set = std::getenv("GPUGAUGE_CONFIGS");
  throw EnvironmentError(fmt::format(
      "{}: no {} (*.yaml) there, expected a whole folder of gpugauge's configs{}", folder.string(),
      kind, set != nullptr ? fmt::format("; GPUGAUGE_CONFIGS is '{}'", set) : ""));
}

/// The file that was named, or the file of that name in `folder`, case aside.
fs::path find_file(std::string_view kind, const fs::path& folder, std::string_view name_or_path) {
  const fs::path given(name_or_path);
  std::error_code ignored;
  if (is_path(given) && !fs::is_directory(given, ignored)) return given;
  const std::vector<std::string> names = stems_in(folder);
  for (const std::string& name : names) {
    if (is_same_name(name, name_or_path)) return folder / fmt::format("{}.yaml", name);
  }
  if (fs::is_directory(given, ignored))
    throw UsageError(fmt::format("{}: is a folder, expected the file of a {}, or {}",
                                 given.string(), kind, expected_names({}, names).substr(9)));
  if (names.empty()) fail_empty(kind, folder);
  throw UsageError(unknown_name_message(kind, name_or_path, names));
}

/// `NAME=PATH`: what a file is to be called; the name is empty where there is none.
struct NamedPath {
  std::string name, path;
};

NamedPath named_path(std::string_view given) {
  const std::size_t equals = given.find('=');
  std::error_code ignored;
  if (equals == std::string_view::npos || equals + 1 == given.size() ||
      !is_identifier(given.substr(0, equals)) || fs::exists(given, ignored))
    return {{}, std::string(given)};
  return {std::string(given.substr(0, equals)), std::string(given.substr(equals + 1))};
}

/// Models of a folder with their published names.
void add_models(const fs::path& folder, std::vector<ModelNames>& models) {
  for (const fs::path& file : files_in(folder, ".yaml"))
    models.push_back({file.stem().string(), published_name(read_text(file))});
}

/// The name among `models`, or the path that was given.
std::string model_or_path(std::string_view kind, const fs::path& folder,
                          std::span<const ModelNames> models, std::string_view given) {
  if (const NamedPath named = named_path(given); !named.name.empty())
    return fmt::format("{}={}", named.name, model_or_path(kind, folder, models, named.path));
  std::vector<std::string> names;
  for (const ModelNames& model : models) names.push_back(model.name);
  std::error_code ignored;
  const fs::path path(given);
  const bool is_written_as_path = given.starts_with('.') || given.starts_with('/');
  if (contains(names, given)) return std::string(given);
  if (is_path(path) && (!path.has_parent_path() || is_written_as_path || has_config_ending(path) ||
                        fs::exists(path, ignored)))
    return std::string(given);
  if (const auto meant = model_meant(given, models)) return *meant;
  if (models.empty()) fail_empty(kind, folder);
  const std::vector<std::string> near = models_near(given, models);
  throw UsageError(fmt::format(
      "unknown {} {}{}, {}, or a checkpoint's config.json{}", kind, in_quotes(given),
      path.has_parent_path() ? ", which is no file" : "", expected_names({}, names),
      near.empty() ? "" : fmt::format("; did you mean '{}'?", fmt::join(near, "' or '"))));
}

/// Of a folder its config.json.
fs::path model_file(std::string_view kind, const fs::path& folder, const std::string& name) {
  std::error_code ignored;
  if (is_path(name) && fs::is_directory(name, ignored)) {
    if (fs::exists(fs::path(name) / "config.json", ignored)) return fs::path(name) / "config.json";
    throw UsageError(
        fmt::format("{}: this folder has no config.json, expected that of a {}", name, kind));
  }
  return is_path(name) ? fs::path(name) : folder / fmt::format("{}.yaml", name);
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

std::string Catalog::model_name(std::string_view name_or_path) const {
  std::vector<ModelNames> models;
  add_models(root_ / "models", models);
  return model_or_path("model", root_ / "models", models, name_or_path);
}

std::string Catalog::forward_model_name(std::string_view name_or_path) const {
  std::vector<ModelNames> models;
  add_models(root_ / "encoders", models);
  add_models(root_ / "diffusion", models);
  return model_or_path("encoder or image model", root_ / "encoders", models, name_or_path);
}

std::optional<std::string> Catalog::card_meant(std::string_view given) const {
  if (contains(datasheet_names(), given)) return std::string(given);
  std::vector<CardNames> cards;
  for (const Datasheet& sheet : datasheets()) cards.push_back(card_names(sheet));
  const std::vector<std::string> meant = cards_meant(given, cards);
  if (meant.size() > 1)
    throw UsageError(fmt::format("{} is short for {}, expected one of them", in_quotes(given),
                                 fmt::join(meant, " and ")));
  return meant.empty() ? std::nullopt : std::optional(meant.front());
}

ModelConfig Catalog::model(std::string_view name_or_path) const {
  const std::string given = model_name(name_or_path);
  const NamedPath named = named_path(given);
  ModelConfig model = load_model(model_file("model", root_ / "models", named.path));
  if (!named.name.empty()) model.name = named.name;
  model.argument = given;
  return model;
}

std::vector<ModelConfig> Catalog::models(std::span<const std::string> names_or_paths) const {
  std::vector<ModelConfig> models;
  for (const std::string& given : names_or_paths) {
    ModelConfig model = this->model(given);
    const auto same = std::find_if(models.begin(), models.end(),
                                   [&](const ModelConfig& m) { return m.name == model.name; });
    if (same == models.end()) {
      models.push_back(std::move(model));
    } else if (same->argument != model.argument) {
      throw UsageError(fmt::format(
          "two models are called '{}': {} and {}; give one another name: --model NAME={}",
          model.name, same->argument, model.argument, shell_word(named_path(model.argument).path)));
    }
  }
  return models;
}

EncoderConfig Catalog::encoder(std::string_view name_or_path) const {
  return load_encoder(find_file("encoder", root_ / "encoders", name_or_path));
}

DiffusionConfig Catalog::diffusion(std::string_view name_or_path) const {
  return load_diffusion(find_file("diffusion model", root_ / "diffusion", name_or_path));
}

std::variant<EncoderConfig, DiffusionConfig> Catalog::forward_model(
    std::string_view name_or_path) const {
  const NamedPath named = named_path(forward_model_name(name_or_path));
  std::variant<EncoderConfig, DiffusionConfig> model = forward_model_at(named.path);
  if (!named.name.empty()) std::visit([&](auto& m) { m.name = named.name; }, model);
  return model;
}

std::variant<EncoderConfig, DiffusionConfig> Catalog::forward_model_at(
    const std::string& name) const {
  if (contains(diffusion_names(), name)) return diffusion(name);
  if (contains(encoder_names(), name)) return encoder(name);
  const fs::path file = model_file("encoder", root_, name);
  if (is_checkpoint_config(file)) return load_encoder(file);
  constexpr std::array<std::string_view, 2> kKinds{"encoder", "diffusion"};
  if (read_yaml(file).mapping().required("kind").name_in(kKinds) == kKinds[0])
    return load_encoder(file);
  return load_diffusion(file);
}

Datasheet Catalog::datasheet(std::string_view name_or_path) const {
  const auto card = is_path(name_or_path) ? std::nullopt : card_meant(name_or_path);
  return load_datasheet(
      find_file("device", root_ / "devices", card.value_or(std::string(name_or_path))));
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

std::optional<std::string> Catalog::imported_card(const std::string& file_or_card) const {
  const fs::path given(file_or_card);
  std::error_code ignored;
  const bool is_folder = fs::is_directory(given, ignored);
  if ((fs::exists(given, ignored) && !is_folder) || given.has_parent_path() ||
      given.has_extension())
    return std::nullopt;
  const std::vector<std::string> names = imported_names();
  if (names.empty()) return std::nullopt;
  const auto card = card_meant(file_or_card);
  if (contains(names, card.value_or(file_or_card))) return card.value_or(file_or_card);
  if (is_folder) return std::nullopt;
  if (card)
    throw UsageError(
        fmt::format("{0}: no such file, and results/imported has nothing of this card "
                    "that others measured: {1}",
                    file_or_card, expected_names({}, names)));
  const auto file = nearest_file(given);
  if (file && !nearest(file_or_card, names))
    throw UsageError(fmt::format("{}: no such file; did you mean '{}'?", file_or_card, *file));
  throw UsageError(unknown_name_message("result file or card", file_or_card, names));
}

fs::path Catalog::result_file(const std::string& file_or_card) const {
  const auto card = imported_card(file_or_card);
  return card ? imported_file(*card) : fs::path(file_or_card);
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
