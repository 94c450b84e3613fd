#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/analyze/money/contender.hpp"
#include "harness/analyze/serving/serving_finding.hpp"

namespace gpugauge {

/// One kind of card: what its result files know together, and what it is rented for.
struct Card {
  std::string name;  ///< of its datasheet, else as the driver spells it
  const Datasheet* sheet = nullptr;
  std::vector<const StepTimes*> files;  ///< at least one
  std::vector<LinkRate> links;          ///< between several of it, by each file
  std::vector<Rate> rates;              ///< empty: nobody names a price

  /// What one of them may hold; absent if nothing says how much memory it has.
  std::optional<MemoryBudget> budget() const;
  const StepTimes& times() const { return *files.front(); }
};

/// The cards of the files, without prices, in the order in which each is first met. Files are of
/// one card if they match one datasheet, else if the driver calls their devices by one name.
std::vector<Card> cards_of(std::span<const StepTimes> files, const std::vector<Datasheet>& sheets);

/// What is to be served, and what may be rented for it.
struct AdviceRequest {
  Precision precision = Precision::kBf16;
  DType kv = DType::kBf16;
  std::int64_t output_tokens = 256;
  std::vector<std::int64_t> contexts;  ///< tokens of a prompt
  std::vector<std::int64_t> batches;   ///< the median, and more where they are named: ascending
  std::optional<double> tpot_target_ns, ttft_target_ns;
  ServingEngine engine = {};
  std::vector<double> tokens_per_day;  ///< output tokens: today, and what is expected later
  Billing billing;
  bool spot = false;      ///< interruptions are tolerated
  bool training = false;  ///< the cards are to train as well

  /// Throws UsageError: numbers that are not positive, a later batch or demand below an earlier.
  void check() const;
};

/// Whether an offer may be taken: spot only where interruptions are tolerated.
bool is_allowed(const Rate& rate, const AdviceRequest& request);

/// How one kind of card serves a batch, with as many of it as that takes.
struct Service {
  const Card* card = nullptr;
  int gpus = 1;  ///< that share the model
  std::int64_t batch = 0;
  BatchLimit limit = BatchLimit::kGiven;
  std::string file;             ///< that spoke for the card
  ServingRate rate;             ///< its tokens per second with the bootstrap's interval
  Resampled tokens_per_second;  ///< the same with its replicates
  std::optional<FitFinding> fit;
  double all_reduce_share = 0;  ///< of the decode step
  std::vector<std::string> warnings;
  std::string reason;  ///< why it cannot be served; then there is no rate

  bool serves() const { return reason.empty(); }
  /// Of its time, by the methods that are not measurements: interpolated and modelled.
  double derived_share() const {
    double share = 0;
    for (const Origin origin : all_of<Origin>) {
      if (is_interpolated(origin) || origin == Origin::kModelled)
        share += rate.origins[static_cast<std::size_t>(origin)];
    }
    return share;
  }
};

/// One kind of card, asked to serve one model with prompts of one length. What it is made of must
/// outlive it.
class CardServer {
 public:
  /// `bootstraps`: one for each file of the card.
  CardServer(const Card& card, const ModelConfig& model, const AdviceRequest& request,
             std::int64_t context, std::span<Bootstrap> bootstraps);

  /// With the fewest cards of 1, 2, 4, 8 that hold the model and the cache at the end of the
  /// output, or more where a target needs them.
  Service at(std::int64_t batch);
  /// The same without the replicates and their interval: for searches.
  Service quick_at(std::int64_t batch);
  /// At the largest batch under memory and targets, with as many cards as make a token cheaper and
  /// as one machine of the offers has.
  Service at_largest_batch();

 private:
  struct Answer {
    ServingFinding finding;
    std::size_t file = 0;
  };
  /// What the file says that knows most of it: the largest share measured or imported.
  template <typename Ask>
  std::optional<Answer> best_answer(int gpus, Ask ask);
  /// Null where the model does not divide.
  const Server* server(std::size_t file, int gpus);
  template <typename Ask>
  Answer fewest_cards(Ask ask);
  Service service_of(const Answer& answer) const;
  Service with_replicates(const Answer& answer);
  std::string missed_target(const ServingFinding& finding) const;

  const Card* card_;
  const ModelConfig* model_;
  const AdviceRequest* request_;
  std::int64_t context_;
  std::span<Bootstrap> bootstraps_;
  std::map<std::pair<std::size_t, int>, Server> servers_;
};

}  // namespace gpugauge
