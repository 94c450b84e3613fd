#include <fmt/format.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "harness/base/random.hpp"
#include "kernels/cuda/attention/paged_cache.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"
#include "kernels/cuda/token_ops/token_ops_check.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/sample_indices.hpp"
#include "kernels/reference/token_ops_reference.hpp"

namespace gpugauge {
namespace {

constexpr std::int64_t kBf16Bytes = 2;
constexpr float kScale = quantization_scale(DType::kFp8E4m3);
/// Each new token of kRopeAppend goes to a page of its own, to a random place in it.
constexpr int kPageShift = 4;
constexpr std::int64_t kMaxTokens = 65535;  // the second extent of a grid

Heads heads_of(const TokenOp& op) {
  const std::int64_t keys = op.kind == TokenOpKind::kRopeAppend ? 2 * op.kv_heads : op.kv_heads;
  return {.queries = static_cast<int>(op.width / op.head_dim - keys),
          .keys = static_cast<int>(op.kv_heads),
          .head_dim = static_cast<int>(op.head_dim)};
}

/// Elements of BF16 that a slot reads: random values.
std::int64_t input_elements(const TokenOp& op) {
  const std::int64_t rows = op.tokens * op.width;
  switch (op.kind) {
    case TokenOpKind::kRmsNorm:
      return 2 * rows + op.width;  // x, the residual and the weight
    case TokenOpKind::kHeadNorm:
      return rows + 2 * op.head_dim;
    case TokenOpKind::kGatedActivation:
      return 2 * rows;
    default:
      return rows;
  }
}

std::int64_t cache_bytes(const TokenOp& op) {
  return op.tokens * (op.kv_heads << kPageShift) * op.head_dim * size_bytes(op.output);
}

/// What a slot writes: first what every kind calls y, and then what else.
std::int64_t output_bytes(const TokenOp& op) {
  const std::int64_t rows = op.tokens * op.width;
  switch (op.kind) {
    case TokenOpKind::kRmsNorm:
      return rows * kBf16Bytes + rows * size_bytes(op.output);  // the residual, y
    case TokenOpKind::kRopeAppend:
      return op.tokens * heads_of(op).queries * op.head_dim * kBf16Bytes + 2 * cache_bytes(op);
    case TokenOpKind::kArgmax:
      return (op.tokens * size_bytes(DType::kInt32) + 15) / 16 * 16;
    default:
      return rows * size_bytes(op.output);
  }
}

class TokenOpWorkload final : public Workload {
 public:
  TokenOpWorkload(const TokenOp& op, Device& device, const CaseOptions& options)
      : op_(op),
        slots_(rotation_slots(static_cast<std::int64_t>(work_of(op).bytes),
                              device.info().cache_bytes, options.cache)),
        device_(device),
        outputs_(device.allocate(slots_ * output_bytes(op))),
        inputs_(static_cast<const char*>(device.random_pool(
            DType::kBf16, options.data, slots_ * input_elements(op) * kBf16Bytes))) {
    switch (op.kind) {
      case TokenOpKind::kEmbedding:  // every row of all inputs once, in a random order
        indices_ = upload(scattered_pages(slots_ * op.tokens));
        break;
      case TokenOpKind::kRopeAppend: {
        std::vector<std::int32_t> indices = scattered_pages(op.tokens);
        for (std::int64_t token = 0; token < op.tokens; ++token) {
          const auto place = random_bits(1, static_cast<std::uint64_t>(token)) >> (64 - kPageShift);
          indices.push_back(static_cast<std::int32_t>(place));
        }
        indices_ = upload(indices);
        scratch_ = upload(rotary_table(1 << kPageShift, op.head_dim));
        break;
      }
      case TokenOpKind::kArgmax:
        indices_ = upload(std::vector<std::int32_t>(static_cast<std::size_t>(op.tokens), 0));
        scratch_ = device.allocate(op.tokens * argmax_blocks(op.width) * 8);
        break;
      default:
        break;
    }
  }

  int slots() const override { return slots_; }

  void enqueue(Stream stream, int slot) override {
    const std::int64_t tokens = op_.tokens, width = op_.width;
    switch (op_.kind) {
      case TokenOpKind::kRmsNorm:
        return launch_rms_norm(stream, rms_norm(slot), tokens, width, op_.output, kScale);
      case TokenOpKind::kHeadNorm:
        return launch_head_norm(stream, head_norm(slot), tokens, heads_of(op_));
      case TokenOpKind::kRopeAppend:
        return launch_rope_append(stream, rope_append(slot), tokens, heads_of(op_), op_.output);
      case TokenOpKind::kGatedActivation:
        return launch_gated_activation(stream, input(slot), output(slot), tokens, width, op_.output,
                                       kScale);
      case TokenOpKind::kQuantize:
        return launch_quantize(stream, input(slot), output(slot), tokens, width, kScale);
      case TokenOpKind::kEmbedding:
        return launch_embedding(stream, inputs_, indices() + slot * tokens, output(slot), tokens,
                                width);
      case TokenOpKind::kArgmax:
        return launch_argmax(stream, argmax(slot), tokens, width);
    }
  }

  void poison() override { device_.poison(outputs_.data(), outputs_.bytes()); }

  /// The slots that are compared: all up to 6, else the first that was launched, the last and 4
  /// others.
  Verification verify(const Launches& launches) override {
    Comparison all;
    const std::vector<int> launched = launches.slots_of(slots_);
    for (std::int64_t i : sample_indices(static_cast<std::int64_t>(launched.size()), 1, 4, 1)) {
      const int slot = launched[static_cast<std::size_t>(i)];
      Comparison comparison(fmt::format("slot {}", slot), op_.width);
      check(comparison, slot);
      all.merge(comparison);
    }
    return all.result();
  }

 private:
  template <typename Element>
  Buffer upload(const std::vector<Element>& values) {
    const auto bytes = static_cast<std::int64_t>(values.size() * sizeof(Element));
    Buffer buffer = device_.allocate(bytes);
    device_.copy_to_device(buffer.data(), values.data(), bytes);
    return buffer;
  }

  const char* input(int slot) const { return inputs_ + slot * input_elements(op_) * kBf16Bytes; }
  char* output(int slot) const {
    return static_cast<char*>(outputs_.data()) + slot * output_bytes(op_);
  }
  std::int32_t* indices() const { return static_cast<std::int32_t*>(indices_.data()); }
  std::int64_t rows_bytes() const { return op_.tokens * op_.width * kBf16Bytes; }

  RmsNormArrays rms_norm(int slot) const {
    return {.x = input(slot),
            .residual_in = input(slot) + rows_bytes(),
            .residual_out = output(slot),
            .weight = input(slot) + 2 * rows_bytes(),
            .y = output(slot) + rows_bytes()};
  }
  HeadNormArrays head_norm(int slot) const {
    const char* weights = input(slot) + rows_bytes();
    return {.in = {input(slot), op_.width},
            .out = {output(slot), op_.width},
            .q_weight = weights,
            .k_weight = weights + op_.head_dim * kBf16Bytes};
  }
  RopeAppendArrays rope_append(int slot) const {
    const Heads heads = heads_of(op_);
    char* const k_cache = output(slot) + op_.tokens * heads.queries * op_.head_dim * kBf16Bytes;
    return {
        .qk = {input(slot), op_.width},
        .v = {input(slot) + (heads.queries + heads.keys) * op_.head_dim * kBf16Bytes, op_.width},
        .rotary = static_cast<const float*>(scratch_.data()),
        .positions = indices() + op_.tokens,
        .page_table = indices(),
        .pages = 1,
        .page_shift = kPageShift,
        .q = output(slot),
        .k_cache = k_cache,
        .v_cache = k_cache + cache_bytes(op_),
        .k_scale = kScale,
        .v_scale = kScale};
  }
  ArgmaxArrays argmax(int slot) const {
    return {.logits = input(slot),
            .keys = scratch_.data(),
            .arrivals = reinterpret_cast<unsigned*>(indices()),
            .ids = reinterpret_cast<std::int32_t*>(output(slot))};
  }

  void check(Comparison& comparison, int slot) {
    TokenOpCheck check(device_, comparison);
    const std::int64_t tokens = op_.tokens, width = op_.width;
    switch (op_.kind) {
      case TokenOpKind::kRmsNorm:
        return check.rms_norm(rms_norm(slot), tokens, width, op_.output, kScale);
      case TokenOpKind::kHeadNorm:
        return check.head_norm(head_norm(slot), tokens, heads_of(op_));
      case TokenOpKind::kRopeAppend:
        return check.rope_append(rope_append(slot), tokens, heads_of(op_), op_.output);
      case TokenOpKind::kGatedActivation:
        return check.gated_activation(input(slot), output(slot), tokens, width, op_.output, kScale);
      case TokenOpKind::kQuantize:
        return check.quantize(input(slot), output(slot), tokens, width, kScale);
      case TokenOpKind::kEmbedding: {
        std::vector<std::int32_t> ids(static_cast<std::size_t>(tokens));
        device_.copy_to_host(ids.data(), indices() + slot * tokens,
                             tokens * size_bytes(DType::kInt32));
        return check.embedding(inputs_, ids, output(slot), width);
      }
      case TokenOpKind::kArgmax:
        return check.argmax(input(slot), argmax(slot).ids, tokens, width);
    }
  }

  TokenOp op_;
  int slots_;
  Device& device_;
  Buffer outputs_;
  Buffer indices_;  ///< ids; page table and positions; arrivals
  Buffer scratch_;  ///< the rotary table; keys of argmax
  const char* inputs_;
};

/// Whether the op quantises as it writes.
bool is_fused(const TokenOp& op) {
  return op.output == DType::kFp8E4m3 &&
         (op.kind == TokenOpKind::kRmsNorm || op.kind == TokenOpKind::kGatedActivation);
}

Unsupported unsupported_output(const TokenOp& op) {
  const DType customary = token_op_of(op.kind, 1, 1).output;
  const bool may_be_fp8 = is_fused(op) || op.kind == TokenOpKind::kRopeAppend;
  if (op.output == customary || (may_be_fp8 && op.output == DType::kFp8E4m3)) return std::nullopt;
  return fmt::format("{} does not write {}", name_of(op.kind), name_of(op.output));
}

Unsupported unsupported_heads(const TokenOp& op) {
  if (op.kind != TokenOpKind::kHeadNorm && op.kind != TokenOpKind::kRopeAppend) return std::nullopt;
  if (op.head_dim != 64 && op.head_dim != 128 && op.head_dim != 256) {
    return fmt::format("heads of {}: they may have 64, 128 or 256 elements", op.head_dim);
  }
  if (op.kv_heads < 1 || op.width % op.head_dim != 0 || heads_of(op).queries < 1) {
    return fmt::format("a width of {} is not whole heads of {}, {} of them for keys", op.width,
                       op.head_dim, op.kv_heads);
  }
  return std::nullopt;
}

template <bool fused>
Unsupported supports(const Op& of_any, const DeviceInfo&) {
  const auto& op = std::get<TokenOp>(of_any);
  if (op.tokens < 1 || op.tokens > kMaxTokens) {
    return fmt::format("{} tokens: 1 to {} can be run", op.tokens, kMaxTokens);
  }
  const std::int64_t multiple = op.output == DType::kFp8E4m3 ? 16 : 8;
  if (op.width < 1 || op.width > INT32_MAX / 2 || op.width % multiple != 0) {
    return fmt::format("a width of {} is not a multiple of {}", op.width, multiple);
  }
  if (op.kind == TokenOpKind::kRmsNorm && op.width > kMaxNormWidth) {
    return fmt::format("a width of {} is more than the {} of a block", op.width, kMaxNormWidth);
  }
  if (auto reason = unsupported_output(op)) return reason;
  if (auto reason = unsupported_heads(op)) return reason;
  if (is_fused(op) && !fused) return "plain norms and activations do not write FP8; quantize does";
  if (!is_fused(op) && fused) return "only a norm or an activation that writes FP8 is fused";
  return std::nullopt;
}

std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<TokenOpWorkload>(std::get<TokenOp>(op), device, options);
}

template <bool fused>
constexpr Implementation implementation(std::string_view name) {
  return {.name = name,
          .family = "token_op",
          .backend = Backend::kCuda,
          .semantics_version = 1,
          .is_library = true,
          .supports = supports<fused>,
          .make = make};
}

/// `plain` is a launch an op; `fused` quantises as it writes, as vLLM's default does
/// (csrc/layernorm_quant_kernels.cu, csrc/quantization/activation_kernels.cu).
constexpr std::array kImplementations{implementation<false>("plain"),
                                      implementation<true>("fused")};

}  // namespace

std::span<const Implementation> cuda_token_ops() { return kImplementations; }

}  // namespace gpugauge
