#include "harness/plan/case_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/units.hpp"
#include "harness/config/model_ops.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

using ModelOf = std::function<ModelConfig(const std::string&)>;

/// The parts of a name between slashes, read from the left.
class Parts {
 public:
  explicit Parts(std::string_view name) : name_(name) {
    for (std::size_t begin = 0; begin <= name.size();) {
      const std::size_t end = std::min(name.find('/', begin), name.size());
      parts_.emplace_back(name.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  bool has_more() const { return next_ < parts_.size(); }
  /// Whether the next part is `key:…`.
  bool is_field(std::string_view key) const {
    return has_more() && parts_[next_].starts_with(fmt::format("{}:", key));
  }
  bool is_any_field() const { return has_more() && parts_[next_].find(':') != std::string::npos; }

  std::string take(std::string_view expected) {
    if (!has_more() || parts_[next_].empty())
      throw UsageError(fmt::format("case {}: it ends or is empty where {} is expected",
                                   in_quotes(name_), expected));
    return parts_[next_++];
  }

  /// What the next part means by `from_name`.
  template <typename T>
  T take_named(std::string_view what, const std::function<std::optional<T>(std::string_view)>& from,
               std::string_view example) {
    const std::string part = take(what);
    if (const auto value = from(part)) return *value;
    fail(part, fmt::format("{}, e.g. {}", what, example));
  }

  std::int64_t take_number(std::string_view key) {
    const std::string expected = fmt::format("{}:NUMBER", key);
    const std::string part = take(expected);
    const std::string_view digits =
        std::string_view(part).substr(std::min(part.size(), key.size() + 1));
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    constexpr std::int64_t kMost = std::int64_t{1} << 40;  // what no shape comes near
    if (!part.starts_with(fmt::format("{}:", key)) || error != std::errc() ||
        end != digits.data() + digits.size() || value < 1 || value > kMost)
      fail(part, expected);
    return value;
  }

  std::int64_t take_bytes() {
    return take_named<std::int64_t>("a size with a binary unit", parse_bytes, "1GiB");
  }
  DType take_type() { return take_named<DType>("a type", dtype_from_name, "bf16"); }

  [[noreturn]] void fail(std::string_view part, std::string_view expected) const {
    throw UsageError(fmt::format("case {}: {} is not what is expected there: {}", in_quotes(name_),
                                 in_quotes(part), expected));
  }

 private:
  std::string_view name_;
  std::vector<std::string> parts_;
  std::size_t next_ = 0;
};

/// What stands between kind and shape: the model, and of a linear its role.
void take_model(Parts& parts, Case& c) {
  for (std::string* part : {&c.model, &c.role}) {
    if (parts.has_more() && !parts.is_any_field()) *part = parts.take("a model or a shape");
  }
}

Op memory(Parts& parts, Case&, const ModelOf&) {
  const auto pattern =
      parts.take_named<MemoryPattern>("a memory pattern", memory_pattern_from_name, "read");
  return MemoryStream{.pattern = pattern, .bytes = parts.take_bytes()};
}

/// `bf16`, or activations and weights apart: `bf16_x_fp8_e4m3`.
Op gemm(Parts& parts, Case& c, const ModelOf&) {
  constexpr std::string_view kBetween = "_x_";
  const std::string types = parts.take("a type");
  const std::size_t between = types.find(kBetween);
  const auto activations = dtype_from_name(types.substr(0, between));
  const auto weights = between == std::string::npos
                           ? activations
                           : dtype_from_name(types.substr(between + kBetween.size()));
  if (!activations || !weights) parts.fail(types, "a type, e.g. bf16 or bf16_x_fp8_e4m3");
  take_model(parts, c);
  const std::int64_t m = parts.take_number("m"), n = parts.take_number("n");
  Gemm op = gemm_of(*weights, m, n, parts.take_number("k"));
  op.activations = *activations;
  return op;
}

Op attention_decode(Parts& parts, Case& c, const ModelOf&) {
  AttentionDecode op{};
  op.kv = parts.take_type();
  take_model(parts, c);
  op.batch = parts.take_number("b");
  op.context = parts.take_number("c");
  op.heads = parts.take_number("h");
  op.kv_heads = parts.take_number("kv");
  op.head_dim = parts.take_number("d");
  op.page_tokens = parts.take_number("p");
  return op;
}

Op attention_prefill(Parts& parts, Case& c, const ModelOf&) {
  AttentionPrefill op{};
  op.dtype = parts.take_type();
  take_model(parts, c);
  op.batch = parts.take_number("b");
  op.tokens = parts.take_number("t");
  op.heads = parts.take_number("h");
  op.kv_heads = parts.take_number("kv");
  op.head_dim = parts.take_number("d");
  return op;
}

Op token_op(Parts& parts, Case& c, const ModelOf&) {
  TokenOp op{};
  op.kind = parts.take_named<TokenOpKind>("a token op", token_op_kind_from_name, "rms_norm");
  op.output = parts.take_type();
  take_model(parts, c);
  op.tokens = parts.take_number("t");
  op.width = parts.take_number("w");
  if (parts.is_field("kv")) {
    op.kv_heads = parts.take_number("kv");
    op.head_dim = parts.take_number("d");
  }
  return op;
}

Op tensor_peak(Parts& parts, Case&, const ModelOf&) {
  constexpr std::array<std::string_view, 2> kSparsity{"dense", "sparse"};
  TensorPeak op{};
  op.dtype = parts.take_type();
  const std::string sparsity = parts.take("dense or sparse");
  if (std::find(kSparsity.begin(), kSparsity.end(), sparsity) == kSparsity.end())
    parts.fail(sparsity, "dense or sparse");
  op.sparse = sparsity == kSparsity[1];
  op.flops = parts.take_number("gflop") * kFlopsPerGflop;
  return op;
}

Op decode_step(Parts& parts, Case& c, const ModelOf& model_of) {
  const DType linears = parts.take_type();
  constexpr auto& kPrecisions = all_of<Precision>;
  const auto precision = std::find_if(kPrecisions.begin(), kPrecisions.end(),
                                      [&](Precision p) { return linear_dtype(p) == linears; });
  if (precision == kPrecisions.end()) parts.fail(name_of(linears), "the type of a model's linears");
  take_model(parts, c);
  const std::int64_t batch = parts.take_number("b"), context = parts.take_number("c");
  const std::string cache = parts.take("kv:TYPE");
  const auto kv = cache.starts_with("kv:") ? dtype_from_name(cache.substr(3)) : std::nullopt;
  if (!kv) parts.fail(cache, "kv:TYPE, e.g. kv:bf16");
  return decode_step_of(model_of(c.model), *precision, batch, context, *kv);
}

Op latency(Parts& parts, Case&, const ModelOf&) {
  Latency op{};
  op.kind = parts.take_named<LatencyKind>("a latency", latency_kind_from_name, "pointer_chase");
  if (!parts.is_field("x")) op.bytes = parts.take_bytes();
  op.count = parts.take_number("x");
  return op;
}

Op transfer(Parts& parts, Case&, const ModelOf&) {
  const auto kind =
      parts.take_named<TransferKind>("a transfer", transfer_kind_from_name, "host_to_device");
  return Transfer{.kind = kind, .bytes = parts.take_bytes()};
}

Op all_reduce(Parts& parts, Case&, const ModelOf&) {
  const std::int64_t cards = parts.take_number("cards");
  return AllReduce{.cards = cards, .bytes = parts.take_bytes()};
}

struct FamilyRow {
  std::string_view name;
  Op (*parse)(Parts&, Case&, const ModelOf&);
};
constexpr std::array kFamilies{FamilyRow{"memory", memory},
                               FamilyRow{"gemm", gemm},
                               FamilyRow{"attention_decode", attention_decode},
                               FamilyRow{"token_op", token_op},
                               FamilyRow{"tensor_peak", tensor_peak},
                               FamilyRow{"attention_prefill", attention_prefill},
                               FamilyRow{"decode_step", decode_step},
                               FamilyRow{"latency", latency},
                               FamilyRow{"transfer", transfer},
                               FamilyRow{"all_reduce", all_reduce}};
static_assert(kFamilies.size() == std::variant_size_v<Op>);

const FamilyRow& family_named(std::string_view name, std::string_view case_name) {
  std::vector<std::string_view> names;
  for (const FamilyRow& row : kFamilies) {
    if (row.name == name) return row;
    names.push_back(row.name);
  }
  throw UsageError(fmt::format("case {}: unknown family {}, {}", in_quotes(case_name),
                               in_quotes(name),
                               expected_names(name, std::span<const std::string_view>(names))));
}

}  // namespace

Case parse_case_name(std::string_view name, const ModelOf& model_of) {
  Parts parts(name);
  Case c;
  c.op = family_named(parts.take("a family"), name).parse(parts, c, model_of);
  c.implementation = parts.take("an implementation");
  c.options.cache = parts.take_named<CacheState>("cold or hot", from_name<CacheState>, "cold");
  if (parts.has_more())
    c.options.data =
        parts.take_named<Distribution>("what the data are", from_name<Distribution>, "zeros");
  if (parts.has_more()) parts.fail(parts.take("the end"), "the end of the name");
  return c;
}

}  // namespace gpugauge
