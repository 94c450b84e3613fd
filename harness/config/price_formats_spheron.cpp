#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/config/left_out.hpp"
#include "harness/config/price_formats.hpp"

namespace gpugauge {
namespace {

using nlohmann::json;

// The shape of the answer: Spheron's API reference, GET /api/gpu-offers.
class SpheronReader {
 public:
  SpheronReader(std::string_view text, const std::string& file, SpheronPages& pages)
      : text_(text), file_(file), pages_(pages) {}

  PriceList run() {
    const json root = parse();
    try {
      if (root.is_array()) {
        for (std::size_t i = 0; i < root.size(); ++i) read_page(root[i], json::json_pointer() / i);
      } else {
        read_page(root, json::json_pointer());
      }
    } catch (const Problem& problem) {
      throw UsageError(fmt::format("{}:{}", file_, described(problem)));
    }
    if (list_.offers.empty()) left_out_.fail(file_);
    if (auto warning = left_out_.warning(file_, list_.offers.size()))
      list_.warnings.push_back(std::move(*warning));
    if (unavailable_ > 0)
      list_.warnings.push_back(
          fmt::format("{}: {} offers were not available and are left out", file_, unavailable_));
    return std::move(list_);
  }

 private:
  using Pointer = json::json_pointer;

  /// What is wrong, and where in the answer.
  struct Problem {
    LeftOutReason reason;
    Pointer at;
    std::string text;
  };

  json parse() const {
    try {
      return json::parse(text_);
    } catch (const json::parse_error& error) {
      throw UsageError(
          fmt::format("{}:{}: not valid JSON: {}", file_, line_at(error.byte), error.what()));
    } catch (const json::exception& error) {  // a number that no double holds
      throw UsageError(fmt::format("{}: not valid JSON: {}", file_, error.what()));
    }
  }

  void read_page(const json& page, const Pointer& at) {
    if (!page.is_object() || !page.contains("data"))
      fail(at, "expected an answer of Spheron's /api/gpu-offers, or an array of them: 'data'");
    pages_.seen.insert(page_number(page, "page", at));
    pages_.total = std::max(pages_.total, page_number(page, "totalPages", at));
    const Pointer data_at = at / "data";
    for_each(page.at("data"), data_at, [&](const json& card, const Pointer& card_at) {
      if (!card.is_object() || !card.contains("offers"))
        fail(card_at, "expected a card with 'offers'");
      for_each(card.at("offers"), card_at / "offers",
               [&](const json& offer, const Pointer& offer_at) {
                 try {
                   read_offer(card, card_at, offer, offer_at);
                 } catch (const Problem& problem) {
                   left_out_.add(problem.reason, [&] { return described(problem); });
                 }
               });
    });
  }

  template <typename Visit>
  void for_each(const json& array, const Pointer& at, Visit visit) {
    if (!array.is_array()) fail(at, "expected an array");
    for (std::size_t i = 0; i < array.size(); ++i) visit(array[i], at / i);
  }

  void read_offer(const json& card, const Pointer& card_at, const json& offer, const Pointer& at) {
    if (!offer.is_object()) fail(at, "expected an offer");
    if (const json* available = find(offer, "available")) {
      if (!available->is_boolean()) fail(at / "available", "expected true or false");
      if (!available->get<bool>()) {
        ++unavailable_;
        return;
      }
    }
    PriceOffer result;
    name_card(card, card_at, result);
    if (result.form_factor.empty())
      result.form_factor = form_factor_in(text(offer, "interconnectType", at));
    result.provider = text(offer, "provider", at);
    result.instance = text(offer, "offerId", at);
    result.region = text(offer, "region", at);
    result.gpu_count = result.min_gpus = count(offer, at);
    const auto price = price_of(offer, "price", at, result.gpu_count);
    const auto spot = price_of(offer, "spot_price", at, result.gpu_count);
    // The price of an offer that can be taken back is its spot price.
    const bool is_spot = text(offer, "instanceType", at) == "SPOT";
    if (!price && !spot)
      throw Problem{LeftOutReason::kNoPrice, at,
                    "neither price nor spot_price, expected at least one"};
    if (!is_spot) result.on_demand_per_gpu_hour = price;
    result.spot_per_gpu_hour = is_spot && price ? price : spot;
    result.source = fmt::format("Spheron, {}", std::filesystem::path(file_).filename().string());
    list_.offers.push_back(std::move(result));
  }

  void name_card(const json& card, const Pointer& at, PriceOffer& offer) const {
    for (const char* key : {"baseGpuType", "gpuModel", "gpuType"}) {
      if (!offer.accelerator.empty()) break;
      const NamedCard named = split_card_name(text(card, key, at));
      offer.accelerator = named.accelerator;
      offer.form_factor = named.form_factor;
    }
    if (offer.accelerator.empty())
      fail(at, "expected the name of a card in baseGpuType, gpuModel or gpuType");
    for (const char* key : {"gpuType", "gpuModel", "displayName"}) {
      if (offer.form_factor.empty()) offer.form_factor = form_factor_in(text(card, key, at));
    }
  }

  static const json* find(const json& object, const char* key) {
    const auto match = object.find(key);
    return match == object.end() || match->is_null() ? nullptr : &*match;
  }

  /// Empty where the key is not there.
  std::string text(const json& object, const char* key, const Pointer& at) const {
    const json* value = find(object, key);
    if (value != nullptr && !value->is_string()) fail(at / key, "expected a text");
    return value != nullptr ? value->get<std::string>() : std::string();
  }

  int count(const json& offer, const Pointer& at) const {
    constexpr const char* kExpected = "expected a whole number from 1 to 1024";
    const json* value = find(offer, "gpuCount");
    if (value == nullptr) fail(at, "gpuCount is missing, expected a whole number from 1 to 1024");
    if (!value->is_number()) fail(at / "gpuCount", kExpected);
    const double found = value->get<double>();
    const int whole = found >= 1 && found <= 1024 ? static_cast<int>(found) : 0;
    if (whole == 0 || whole != found) fail(at / "gpuCount", kExpected);
    return whole;
  }

  std::optional<double> price_of(const json& offer, const char* key, const Pointer& at,
                                 int gpu_count) const {
    const json* value = find(offer, key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number()) fail(at / key, price_problem(-1, 1));
    const double dollars = value->get<double>();
    if (is_no_price(dollars)) return std::nullopt;
    if (const std::string problem = price_problem(dollars, gpu_count); !problem.empty())
      fail(at / key, problem);
    return dollars / gpu_count;
  }

  /// 1 where the answer does not say.
  std::int64_t page_number(const json& page, const char* key, const Pointer& at) const {
    const json* value = find(page, key);
    if (value == nullptr) return 1;
    if (!value->is_number_integer() || *value < 0) fail(at / key, "expected the number of a page");
    return value->get<std::int64_t>();
  }

  [[noreturn]] static void fail(const Pointer& at, std::string_view problem) {
    throw Problem{LeftOutReason::kWrong, at, std::string(problem)};
  }

  /// `7: /data/0/price is '-1', expected …`: on which line it stands, where, and why it is wrong.
  std::string described(const Problem& problem) const {
    // The tree does not know its lines; a second parser does, and only an error pays for it.
    const simdjson::padded_string padded(text_);
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    std::string_view token;
    const std::string where = problem.at.to_string();
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
        document.at_pointer(where).raw_json_token().get(token) != simdjson::SUCCESS)
      return fmt::format("1: {}", problem.text);
    const auto offset = static_cast<std::size_t>(token.data() - padded.data());
    // A token reaches to the next one: blanks are not part of it.
    token = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
    const bool is_nested = token.starts_with('{') || token.starts_with('[');
    return fmt::format("{}: {}{}", line_at(offset),
                       where.empty() ? std::string()
                       : is_nested   ? fmt::format("{}: ", where)
                                     : fmt::format("{} is {}, ", where, in_quotes(token)),
                       problem.text);
  }

  std::ptrdiff_t line_at(std::size_t offset) const {
    const std::string_view before = text_.substr(0, offset);
    return 1 + std::count(before.begin(), before.end(), '\n');
  }

  std::string_view text_;
  const std::string& file_;
  PriceList list_;
  SpheronPages& pages_;
  LeftOut left_out_;
  std::size_t unavailable_ = 0;
};

}  // namespace

PriceList read_spheron_json(std::string_view text, const std::string& file, SpheronPages& pages) {
  return SpheronReader(text, file, pages).run();
}

}  // namespace gpugauge
