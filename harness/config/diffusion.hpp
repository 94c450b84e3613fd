#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/enum_table.hpp"
#include "harness/config/forward_op.hpp"
#include "harness/config/model.hpp"

namespace gpugauge {

/// How a transformer block of a diffusion model treats image and text.
enum class BlockKind : std::uint8_t {
  kDouble,  ///< image and text tokens each with weights of their own, joined in attention (MM-DiT,
            ///< Esser et al., 2024)
  kSingle,  ///< one sequence of both; attention and MLP side by side between one linear in and one
            ///< out (Flux.1)
  kCross,   ///< self-attention of the image, cross-attention to the text, a gated MLP (UNets,
            ///< Rombach et al., 2022)
};
template <>
struct EnumTable<BlockKind> {
  static constexpr std::array rows{EnumName{BlockKind::kDouble, "double"},
                                   EnumName{BlockKind::kSingle, "single"},
                                   EnumName{BlockKind::kCross, "cross"}};
};

/// Alike blocks, one after another or at one resolution of a UNet.
struct DiffusionStage {
  BlockKind block = BlockKind::kDouble;
  std::int64_t num_layers = 0;
  std::int64_t num_attention_heads = 0;
  std::int64_t attention_head_dim = 0;
  std::int64_t intermediate_size = 0;
  std::int64_t pixels_per_token = 0;  ///< along one side of the image

  std::int64_t channels() const { return num_attention_heads * attention_head_dim; }
};

/// The transformer blocks of an image model, which are most of what it computes. Not described:
/// convolutions (none in Flux.1; of SDXL's UNet close to a quarter of the arithmetic by their
/// shapes), projections at the edges, text encoders and the decoder of the latent image.
struct DiffusionConfig {
  std::string name;
  std::string source;
  std::int64_t text_tokens = 0;
  std::int64_t cross_attention_dim = 0;  ///< width of the text's embeddings; 0 without kCross
  std::int64_t passes_per_step = 1;      ///< 2 with classifier-free guidance
  std::int64_t num_inference_steps = 0;  ///< of one image, by default
  std::vector<DiffusionStage> stages;

  /// Weights of the blocks' matrices, modulation included.
  std::int64_t parameters() const;
};

/// Reads a file with `kind: diffusion`. Its published `flops_per_step` are of one image of 1024 x
/// 1024 pixels, all passes of one step. Throws UsageError.
DiffusionConfig load_diffusion(const std::filesystem::path& file);

/// What is made at a time.
struct ImageBatch {
  std::int64_t images = 1;
  std::int64_t side = 1024;  ///< pixels of a square image
};

/// The matrix products and attention of one step on a batch of images, all its guidance passes
/// included. Cross-attention, whose keys are a few, is two products an image and pass. Norms,
/// activations and, at fp8 and int8, the quantisation of inputs are left out: a sum of these ops is
/// a lower bound. Throws UsageError where the side is no whole number of tokens.
std::vector<ForwardOp> diffusion_ops(const DiffusionConfig& model, Precision precision,
                                     const ImageBatch& batch);

}  // namespace gpugauge
