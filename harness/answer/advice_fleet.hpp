#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/answer/advice_answer.hpp"

namespace gpugauge {

/// When more than one kind of card is the answer, a sentence each with its numbers, and nothing
/// where it is not:
/// - several models whose cheapest cards differ: route by model size;
/// - a later demand that another card serves for less a month than the one that is cheapest for
///   today's: begin with the one, then add the other or move to it.
std::vector<std::string> fleet_of(std::span<const Advice> all, const AdviceRequest& request);

}  // namespace gpugauge
