#include "harness/config/published.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

/// The error of a config with `published: {<fields>}` whose shapes have these totals.
std::string published_error(const std::string& fields, double parameters = 46'702'792'704,
                            double kv_bytes = 131'072) {
  const auto load = [&](const std::filesystem::path& file) {
    YamlMapping root = read_yaml(file).mapping();
    finish_with_published(root, {{"parameters", [&] { return parameters; }},
                                 {"kv_bytes_per_token", [&] { return kv_bytes; }}});
  };
  return TemporaryFolder().error_of(load, "m.yaml",
                                    "published: {source: a card, " + fields + "}\n");
}

TEST(FinishWithPublished, TakesATotalToTheDigitsThatArePrinted) {
  EXPECT_EQ(published_error("parameters: 46702792704, kv_bytes_per_token: 131072"), "no error");
  EXPECT_EQ(published_error("parameters: 46.7B"), "no error");
  EXPECT_EQ(published_error("parameters: 47B"), "no error");
  EXPECT_EQ(published_error("parameters: 46703M"), "no error");
  EXPECT_EQ(published_error("parameters: 74.4T", 74.44e12), "no error");
}

TEST(FinishWithPublished, RefusesAnotherTotalWithBothNumbers) {
  EXPECT_EQ(published_error("parameters: 46702792705"),
            "m.yaml:1:41: 'published.parameters' is '46702792705', expected 46702792704 by its "
            "shapes");
  EXPECT_EQ(published_error("parameters: 46.6B"),
            "m.yaml:1:41: 'published.parameters' is '46.6B', expected 46.7B by its shapes");
  EXPECT_EQ(published_error("kv_bytes_per_token: 131070"),
            "m.yaml:1:49: 'published.kv_bytes_per_token' is '131070', expected 131072 by its "
            "shapes");
}

TEST(FinishWithPublished, RefusesWhatIsNoTotal) {
  const std::string expected = "expected a whole number, or one with K, M, B or T like 46.7B";
  for (const char* found : {"many", "46-47B", "46.7GB", "~46.7x"})
    EXPECT_EQ(published_error(std::string("parameters: ") + found),
              std::string("m.yaml:1:41: 'published.parameters' is '") + found + "', " + expected);
  EXPECT_EQ(published_error("paramters: 46.7B"),
            "m.yaml:1:29: unknown key 'paramters', expected one of source, parameters, "
            "kv_bytes_per_token; did you mean 'parameters'?");
  const auto without_source = [](const std::filesystem::path& file) {
    YamlMapping root = read_yaml(file).mapping();
    finish_with_published(root, {});
  };
  EXPECT_EQ(TemporaryFolder().error_of(without_source, "m.yaml", "published: {parameters: 1}\n"),
            "m.yaml:1:12: 'published.source' is missing");
}

TEST(FinishWithPublished, NamesAnUnknownKeyBeforeTheTotalsThatItChanges) {
  const auto load = [](const std::filesystem::path& file) {
    YamlMapping root = read_yaml(file).mapping();
    root.integer_or("layers", 1, {1, 9});
    finish_with_published(root, {{"parameters", [] { return 1.0; }}});
  };
  EXPECT_EQ(TemporaryFolder().error_of(load, "m.yaml",
                                       "published: {source: a card, parameters: 2}\nlayer: 2\n"),
            "m.yaml:2:1: unknown key 'layer', expected one of layers, published; did you mean "
            "'layers'?");
}

}  // namespace
}  // namespace gpugauge
