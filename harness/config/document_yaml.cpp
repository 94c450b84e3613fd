#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <sstream>

#include "harness/base/error.hpp"
#include "harness/config/document_builder.hpp"

namespace gpugauge {
namespace {

/// A suite of a megabyte without aliases has half as many.
constexpr std::size_t kMostValues = 1'000'000;

Place place_of(const YAML::Mark& mark) {
  return {static_cast<std::size_t>(mark.line + 1), static_cast<std::size_t>(mark.column + 1)};
}

/// `YAML::LoadAll` of yaml-cpp 0.7 goes on without end where a comma or a bracket follows a
/// document: each becomes an empty document that takes nothing of the text (jbeder/yaml-cpp#1040).
class YamlEvents : public YAML::EventHandler {
 public:
  YamlEvents(const std::string& file, const std::string& text) : file_(file), text_(text) {}

  const DocumentBuilder::Node& root() const { return builder_.root(); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    constexpr std::string_view kStray = ",]}";
    const auto at = static_cast<std::size_t>(mark.pos);
    if (builder_.depth() == 0 && at < text_.size() &&
        kStray.find(text_[at]) != std::string_view::npos)
      fail(mark, fmt::format("not YAML: found '{}' outside of any list", text_[at]));
    check_first(mark);
    keep(anchor, builder_.add_value(DocumentNode::Kind::kNull, place_of(mark)));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) fail(mark, "an alias inside of its own anchor");
    values_ += found->second->values;
    if (values_ > kMostValues)
      fail(mark, fmt::format("aliases stand for more than {} values", kMostValues));
    builder_.add(found->second);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& value) override {
    check_first(mark);
    keep(anchor, builder_.add_value(DocumentNode::Kind::kScalar, place_of(mark), value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    start(DocumentNode::Kind::kList, mark, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    start(DocumentNode::Kind::kMapping, mark, anchor);
  }
  void OnMapEnd() override { end(); }

 private:
  [[noreturn]] void fail(const YAML::Mark& mark, std::string_view problem) const {
    throw UsageError(at_place(file_, place_of(mark), problem));
  }
  void check_first(const YAML::Mark& mark) const {
    if (builder_.depth() == 0 && builder_.root() != nullptr)
      fail(mark, "a second document, expected one");
  }
  void start(DocumentNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    check_first(mark);
    builder_.open(kind, place_of(mark));
    opened_.push_back(anchor);
  }
  void end() {
    keep(opened_.back(), builder_.close());
    opened_.pop_back();
  }
  void keep(YAML::anchor_t anchor, DocumentBuilder::Node node) {
    if (anchor != YAML::NullAnchor) anchors_[anchor] = std::move(node);
  }

  const std::string& file_;
  const std::string& text_;
  DocumentBuilder builder_;
  std::vector<YAML::anchor_t> opened_;
  std::map<YAML::anchor_t, DocumentBuilder::Node> anchors_;
  std::size_t values_ = 0;  ///< behind aliases so far
};

}  // namespace

std::shared_ptr<const DocumentNode> parse_yaml(const std::string& file, const std::string& text) {
  YamlEvents events(file, text);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    constexpr int kDocuments = 2;  // the second is one too many
    for (int i = 0; i < kDocuments && parser.HandleNextDocument(events); ++i) {
    }
  } catch (const YAML::DeepRecursion& error) {
    throw UsageError(at_place(file, place_of(error.mark), "not YAML: too deep"));
  } catch (const YAML::Exception& error) {
    throw UsageError(
        at_place(file, place_of(error.mark), fmt::format("not YAML: {}", said_of(error.msg))));
  }
  return events.root();
}

}  // namespace gpugauge
