#include "harness/config/diffusion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "harness/base/error.hpp"
#include "harness/config/published.hpp"

namespace gpugauge {
namespace {

constexpr std::string_view kDiffusion = "diffusion";
// A modulated block scales, shifts and gates what goes into and comes out of attention and MLP: six
// vectors a token stream; a single block has one such place.
constexpr std::int64_t kDoubleModulation = 6, kSingleModulation = 3;

DiffusionStage read_stage(const YamlValue& value) {
  constexpr IntegerRange kLayers{1, 1000}, kHeads{1, 1024}, kWidth{1, 1 << 20}, kPixels{1, 1024};
  YamlMapping map = value.mapping();
  DiffusionStage stage;
  stage.block = map.required("block").one_of<BlockKind>();
  stage.num_layers = map.required("num_layers").integer(kLayers);
  stage.num_attention_heads = map.required("num_attention_heads").integer(kHeads);
  stage.attention_head_dim = map.required("attention_head_dim").integer(kHeads);
  stage.intermediate_size = map.required("intermediate_size").integer(kWidth);
  stage.pixels_per_token = map.required("pixels_per_token").integer(kPixels);
  map.finish();
  return stage;
}

std::int64_t block_parameters(const DiffusionStage& stage, std::int64_t text_width) {
  const std::int64_t c = stage.channels(), mlp = stage.intermediate_size;
  switch (stage.block) {
    case BlockKind::kDouble:
      return 2 * (4 * c * c + 2 * c * mlp + kDoubleModulation * c * c);
    case BlockKind::kSingle:
      return c * (3 * c + mlp) + (c + mlp) * c + kSingleModulation * c * c;
    case BlockKind::kCross:
      return 6 * c * c + 2 * c * text_width + 3 * c * mlp;
  }
  throw std::logic_error("unknown kind of block");
}

/// The ops of one stage.
class StageOps {
 public:
  StageOps(const DiffusionConfig& model, const DiffusionStage& stage, Precision precision,
           const ImageBatch& batch)
      : stage_(stage),
        precision_(precision),
        passes_(batch.images * model.passes_per_step),
        image_tokens_(tokens_of(model, stage, batch.side)),
        text_tokens_(model.text_tokens),
        text_width_(model.cross_attention_dim) {}

  std::vector<ForwardOp> run() {
    switch (stage_.block) {
      case BlockKind::kDouble:
        add_stream("image", image_tokens_);
        add_stream("text", text_tokens_);
        add_attention(image_tokens_ + text_tokens_);
        break;
      case BlockKind::kSingle:
        add_single();
        break;
      case BlockKind::kCross:
        add_cross();
        break;
    }
    return std::move(ops_);
  }

 private:
  static std::int64_t tokens_of(const DiffusionConfig& model, const DiffusionStage& stage,
                                std::int64_t side) {
    constexpr std::int64_t kMaxSide = 1 << 14;
    if (side < 1 || side > kMaxSide || side % stage.pixels_per_token != 0) {
      throw UsageError(fmt::format(
          "{} makes images of a side that is a multiple of {} pixels, up to {}; found {}",
          model.name, stage.pixels_per_token, kMaxSide, side));
    }
    const std::int64_t along = side / stage.pixels_per_token;
    return along * along;
  }

  void add(std::string name, std::int64_t m, std::int64_t n, std::int64_t k) {
    ops_.push_back(
        {std::move(name), gemm_of(linear_dtype(precision_), m, n, k), stage_.num_layers});
  }

  void add_attention(std::int64_t tokens) {
    ops_.push_back(full_attention(passes_, tokens, stage_.num_attention_heads,
                                  stage_.attention_head_dim, head_dtype(precision_),
                                  stage_.num_layers));
  }

  void add_stream(const std::string& name, std::int64_t tokens) {
    const std::int64_t m = passes_ * tokens, mlp = stage_.intermediate_size;
    add(name + "_modulation", passes_, kDoubleModulation * c_, c_);
    add(name + "_qkv", m, 3 * c_, c_);
    add(name + "_o", m, c_, c_);
    add(name + "_mlp_up", m, mlp, c_);
    add(name + "_mlp_down", m, c_, mlp);
  }

  void add_single() {
    const std::int64_t tokens = image_tokens_ + text_tokens_, mlp = stage_.intermediate_size;
    add("modulation", passes_, kSingleModulation * c_, c_);
    add("qkv_mlp_up", passes_ * tokens, 3 * c_ + mlp, c_);
    add_attention(tokens);
    add("o_mlp_down", passes_ * tokens, c_, c_ + mlp);
  }

  void add_cross() {
    const std::int64_t m = passes_ * image_tokens_, mlp = stage_.intermediate_size;
    add("qkv", m, 3 * c_, c_);
    add_attention(image_tokens_);
    add("o", m, c_, c_);
    add("cross_q", m, c_, c_);
    add("cross_kv", passes_ * text_tokens_, 2 * c_, text_width_);
    // Keys and values are activations: in their type, and each pass has its own.
    const auto product = [&](const char* name, std::int64_t n, std::int64_t k) {
      ops_.push_back({name, gemm_of(head_dtype(precision_), image_tokens_, n, k),
                      passes_ * stage_.num_layers, true});
    };
    product("cross_scores", text_tokens_, c_);
    product("cross_values", c_, text_tokens_);
    add("cross_o", m, c_, c_);
    add("mlp_up", m, 2 * mlp, c_);
    add("mlp_down", m, c_, mlp);
  }

  const DiffusionStage& stage_;
  Precision precision_;
  std::int64_t passes_, image_tokens_, text_tokens_, text_width_;
  std::int64_t c_ = stage_.channels();
  std::vector<ForwardOp> ops_;
};

}  // namespace

std::int64_t DiffusionConfig::parameters() const {
  std::int64_t total = 0;
  for (const DiffusionStage& stage : stages)
    total += stage.num_layers * block_parameters(stage, cross_attention_dim);
  return total;
}

DiffusionConfig load_diffusion(const std::filesystem::path& file) {
  constexpr IntegerRange kTokens{1, 1 << 16}, kWidth{1, 1 << 20}, kPasses{1, 4}, kSteps{1, 1000};
  YamlMapping root = read_yaml(file).mapping();
  DiffusionConfig model;
  const YamlValue kind = root.required("kind");
  if (kind.text() != kDiffusion) kind.fail_expected(kDiffusion);
  model.name = root.required("name").stem_of(file);
  model.source = root.required("source").text();
  model.text_tokens = root.required("text_tokens").integer(kTokens);
  model.passes_per_step = root.required("passes_per_step").integer(kPasses);
  model.num_inference_steps = root.required("num_inference_steps").integer(kSteps);
  for (const YamlValue& stage : root.required("stages").items())
    model.stages.push_back(read_stage(stage));
  const bool has_cross =
      std::any_of(model.stages.begin(), model.stages.end(),
                  [](const DiffusionStage& stage) { return stage.block == BlockKind::kCross; });
  if (has_cross) model.cross_attention_dim = root.required("cross_attention_dim").integer(kWidth);
  constexpr ImageBatch kPublishedImage{.images = 1, .side = 1024};
  finish_with_published(
      root, {{"parameters", [&] { return static_cast<double>(model.parameters()); }},
             {"flops_per_step",
              [&] { return flops_of(diffusion_ops(model, Precision::kBf16, kPublishedImage)); }}});
  return model;
}

std::vector<ForwardOp> diffusion_ops(const DiffusionConfig& model, Precision precision,
                                     const ImageBatch& batch) {
  if (batch.images < 1)
    throw UsageError(fmt::format("images {}: expected a number of at least 1", batch.images));
  std::vector<ForwardOp> ops;
  for (const DiffusionStage& stage : model.stages) {
    for (ForwardOp& op : StageOps(model, stage, precision, batch).run())
      ops.push_back(std::move(op));
  }
  return ops;
}

}  // namespace gpugauge
