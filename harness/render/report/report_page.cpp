#include "harness/render/report/report_page.hpp"

#include <openssl/evp.h>

#include <array>
#include <utility>

#include "harness/record/sha256.hpp"
#include "harness/render/report/assets.hpp"

namespace gpugauge {
namespace {

std::string html_text(std::string_view raw) {
  std::string text;
  for (const char c : raw) {
    switch (c) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      default:
        text += c;
    }
  }
  return text;
}

}  // namespace

std::string script_safe(const Json& data) {
  const std::string text = data.dump(-1, ' ', false, Json::error_handler_t::replace);
  // The line separators U+2028 and U+2029 begin with the byte E2.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEscapes{
      {{"<", "\\u003c"},
       {">", "\\u003e"},
       {"&", "\\u0026"},
       {"\u2028", "\\u2028"},
       {"\u2029", "\\u2029"}}};
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = text.find_first_of("<>&\xe2"); at != std::string::npos;
       at = text.find_first_of("<>&\xe2", at + 1)) {
    for (const auto& [from, to] : kEscapes) {
      if (text.compare(at, from.size(), from) != 0) continue;
      result.append(text, done, at - done).append(to);
      done = at + from.size();
    }
  }
  result.append(text, done);
  return result;
}

std::string csp_hash(std::string_view text) {
  const std::string hex = sha256_of(text);
  std::array<unsigned char, 32> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<unsigned char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  std::array<unsigned char, 45> base64{};  // 4 characters for 3 bytes, and the end
  const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
  return "sha256-" + std::string(base64.begin(), base64.begin() + length);
}

std::string report_page(const Json& data, const std::string& title) {
  using namespace report_assets;
  const std::string json = script_safe(data), text = html_text(title);
  const std::string policy =
      "default-src 'none'; base-uri 'none'; form-action 'none'; script-src '" + csp_hash(kCharts) +
      "' '" + csp_hash(kScript) + "'; style-src '" + csp_hash(kStyle) + "'";
  // Each place is filled once and never looked at again, so that no data can name another.
  const std::array<std::pair<std::string_view, std::string_view>, 6> places{
      {{"{{policy}}", policy},
       {"{{title}}", text},
       {"{{style}}", kStyle},
       {"{{data}}", json},
       {"{{charts}}", kCharts},
       {"{{script}}", kScript}}};
  std::string page;
  std::string_view rest = kPage;
  for (const auto& [place, content] : places) {
    const std::size_t at = rest.find(place);
    page += rest.substr(0, at);
    page += content;
    rest.remove_prefix(at + place.size());
  }
  page += rest;
  return page;
}

}  // namespace gpugauge
