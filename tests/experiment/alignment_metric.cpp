// SPDX-License-Identifier: MIT
#include <joust/experiment/alignment_metric.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <string_view>

using joust::alignment_metric;
using joust::preferred;

TEST_CASE("alignment_metric: every metric has words of its own", "[alignment_metric]") {
  std::set<std::string_view> names;
  std::set<std::string_view> definitions;
  for (std::size_t i = 0; i < joust::alignment_metric_count; ++i) {
    auto const metric = static_cast<alignment_metric>(i);
    CHECK(joust::names_of(metric)[i] == joust::metric_name(metric));
    CHECK_FALSE(joust::metric_name(metric).empty());
    CHECK_FALSE(joust::metric_unit(metric).empty());
    names.insert(joust::metric_name(metric));
    definitions.insert(joust::metric_definition(metric));
  }
  CHECK(names.size() == joust::alignment_metric_count);
  CHECK(definitions.size() == joust::alignment_metric_count);
}

TEST_CASE("alignment_metric: names are those of the enumeration", "[alignment_metric]") {
  CHECK(joust::metric_name(alignment_metric::win_probability) == "win_probability");
  CHECK(joust::metric_name(alignment_metric::win_rate) == "win_rate");
  CHECK(joust::metric_name(alignment_metric::greedy_win_probability) == "greedy_win_probability");
  CHECK(joust::metric_name(alignment_metric::greedy_win_rate) == "greedy_win_rate");
  CHECK(joust::metric_name(alignment_metric::recommended_win_probability) == "recommended_win_probability");
  CHECK(joust::metric_name(alignment_metric::recommended_win_rate) == "recommended_win_rate");
  CHECK(joust::metric_name(alignment_metric::online_win_probability) == "online_win_probability");
  CHECK(joust::metric_name(alignment_metric::online_win_rate) == "online_win_rate");
  CHECK(joust::metric_name(alignment_metric::reward) == "reward");
  CHECK(joust::metric_name(alignment_metric::greedy_reward) == "greedy_reward");
  CHECK(joust::metric_name(alignment_metric::best_share) == "best_share");
  CHECK(joust::metric_name(alignment_metric::policy_regret) == "policy_regret");
  CHECK(joust::metric_name(alignment_metric::simple_regret) == "simple_regret");
  CHECK(joust::metric_name(alignment_metric::cumulative_regret) == "cumulative_regret");
  CHECK(joust::metric_name(alignment_metric::kl) == "kl");
  CHECK(joust::metric_name(alignment_metric::chosen_log_ratio) == "chosen_log_ratio");
  CHECK(joust::metric_name(alignment_metric::rejected_log_ratio) == "rejected_log_ratio");
  CHECK(joust::metric_name(alignment_metric::loss) == "loss");
  CHECK(joust::metric_name(alignment_metric::reward_model_accuracy) == "reward_model_accuracy");
  CHECK(joust::metric_name(alignment_metric::prediction_accuracy) == "prediction_accuracy");
  CHECK(joust::metric_name(alignment_metric::clash_ratio) == "clash_ratio");
  CHECK(joust::metric_name(alignment_metric::duplicate_ratio) == "duplicate_ratio");
  CHECK(joust::metric_name(alignment_metric::own_share) == "own_share");
}

TEST_CASE("alignment_metric: wins are wanted, regret is not, and KL is neither", "[alignment_metric]") {
  for (auto const metric :
       {alignment_metric::win_rate, alignment_metric::reward, alignment_metric::best_share}) {
    CHECK(joust::metric_direction(metric) == preferred::more);
  }
  for (auto const metric : {alignment_metric::policy_regret, alignment_metric::simple_regret,
                            alignment_metric::cumulative_regret, alignment_metric::duplicate_ratio}) {
    CHECK(joust::metric_direction(metric) == preferred::less);
  }
  CHECK(joust::metric_direction(alignment_metric::kl) == preferred::neither);
  CHECK(joust::metric_unit(alignment_metric::win_rate) !=
        joust::metric_unit(alignment_metric::win_probability));
}
