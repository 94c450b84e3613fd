#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/config/datasheet.hpp"
#include "harness/config/diffusion.hpp"
#include "harness/config/encoder.hpp"
#include "harness/config/method_error.hpp"
#include "harness/config/model.hpp"
#include "harness/config/prices.hpp"
#include "harness/config/serving_engine.hpp"

namespace gpugauge {

/// What `Catalog::locate` does, from what it found out: $GPUGAUGE_CONFIGS and the folders to start
/// from.
std::filesystem::path find_configs(const std::optional<std::string>& environment,
                                   const std::vector<std::filesystem::path>& starts);

/// The configs folder: finds a suite, model, card or price list by name or by path. Each kind of
/// model has a folder of its own: decoders in models/, encoders/ and diffusion/.
class Catalog {
 public:
  /// Uses $GPUGAUGE_CONFIGS, else the first `configs/` beside or above the binary, else beside or
  /// above the current folder. Throws EnvironmentError naming the places looked in.
  static Catalog locate();
  explicit Catalog(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }

  /// A name (`quick`) or a path to a YAML file. Throws UsageError with the nearest known name.
  std::filesystem::path suite_file(std::string_view name_or_path) const;
  /// The name of the model that is meant, as `model_meant`; a path comes back as it is. Throws
  /// UsageError for a name of no model, with the nearest. Decoders, then encoders and image models.
  std::string model_name(std::string_view name_or_path) const;
  std::string forward_model_name(std::string_view name_or_path) const;
  /// The card that is meant, as `cards_meant`; nothing where it is none. Throws UsageError for a
  /// short name of several.
  std::optional<std::string> card_meant(std::string_view given) const;
  /// By name, or a checkpoint's config.json, or a folder that holds one; `NAME=PATH` says what the
  /// model is called.
  ModelConfig model(std::string_view name_or_path) const;
  /// Several; what is given again counts once. Throws UsageError if two have one name.
  std::vector<ModelConfig> models(std::span<const std::string> names_or_paths) const;
  EncoderConfig encoder(std::string_view name_or_path) const;
  DiffusionConfig diffusion(std::string_view name_or_path) const;
  /// Whichever of the two it is: by the folder of a name, the `kind` of a file.
  std::variant<EncoderConfig, DiffusionConfig> forward_model(std::string_view name_or_path) const;
  Datasheet datasheet(std::string_view name_or_path) const;
  /// The card that is meant where a result file is taken and there is none of that name, nor a
  /// path: one that others measured, with a file in results/imported beside the configs. Nothing:
  /// a file. Throws UsageError for a name of neither, with the nearest.
  std::optional<std::string> imported_card(const std::string& file_or_card) const;
  /// The file: `<card>.json.gz` of such a card; else what was named, as it is.
  std::filesystem::path result_file(const std::string& file_or_card) const;
  /// Of every derived figure.
  MethodError method_error() const;
  ServingEngine serving_engine(std::string_view name_or_path) const;
  /// The offers of these files, else of every list in prices/.
  PriceList prices(const std::vector<std::string>& files) const;

  std::vector<std::string> suite_names() const;
  std::vector<std::string> model_names() const;
  std::vector<std::string> encoder_names() const;
  std::vector<std::string> diffusion_names() const;
  std::vector<std::string> datasheet_names() const;
  /// Cards that others measured, and the result file of one of them.
  std::vector<std::string> imported_names() const;
  std::filesystem::path imported_file(std::string_view card) const;
  std::vector<std::string> serving_engine_names() const;
  /// All of them, sorted by name. Throws UsageError naming two files that one card would match.
  std::vector<Datasheet> datasheets() const;

 private:
  std::variant<EncoderConfig, DiffusionConfig> forward_model_at(const std::string& name) const;
  std::filesystem::path imported_folder() const;

  std::filesystem::path root_;
};

}  // namespace gpugauge
