// SPDX-License-Identifier: MIT
//
// The laws of samples_at_temperature, run on your own policy: temperature 1 is the policy itself, a batch is
// as many samples, and a colder policy is its own probabilities to a power.
//
//   needs   a policy, a context, and all its actions, comparable with ==
//   cost    about 3 * samples samples per temperature
//   repeat  same policy and stream, same report
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/plausible.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct samples_at_temperature_options {
  std::size_t samples = 4000;  ///< per temperature
  bool whole = true;  ///< an action is one part, and all are listed; false for sequences, whose temperature
                      ///< acts on each part: frequencies are then not looked at
  double false_alarm = 1e-6;  ///< probability that a correct policy fails, over all actions and temperatures
};

/// Runs the laws of samples_at_temperature (core/concepts.hpp), at temperatures 1/4, 1 and 2:
///  - sample(x, g, 1) is sample(x, g)
///  - sample_batch(x, n, g, t) is what n calls of sample(x, g, t) would give
///  - with whole: the frequencies of sample(x, g, t) are in proportion to exp(log_probability / t)
/// `actions` is indexable and lists each action once, with `whole` all of them. Only the last can fail by
/// chance, with probability at most `options.false_alarm` (Chernoff bound).
template <class Policy, class Context, class Actions, joust::random_stream Stream>
[[nodiscard]] law_report samples_at_temperature(Policy const& model, Context const& x, Actions const& actions,
                                                Stream const& stream,
                                                samples_at_temperature_options options = {}) {
  using action = std::remove_cvref_t<decltype(actions[0])>;
  static_assert(joust::samples_at_temperature<Policy, Context, action, Stream>,
                "joust::laws::samples_at_temperature: call joust::explain_samples_at_temperature to see what "
                "is missing");
  using joust::detail::text;
  law_report report{"samples_at_temperature"};
  report.examine([&] {
    std::size_t const count = actions.size();
    constexpr std::array<double, 3> temperatures{0.25, 1.0, 2.0};
    for (double const temperature : temperatures) {
      std::string const where = "at temperature " + text(temperature);
      Stream chance = stream;
      Stream same = stream;
      std::vector<action> const batch = model.sample_batch(x, options.samples, chance, temperature);
      if (batch.size() != options.samples) {
        report.breaks("a batch has as many samples as were asked for",
                      where + " it has " + text(batch.size()) + " of " + text(options.samples));
        return;
      }
      std::vector<std::size_t> frequency(count + 1);  // the last counts all other actions
      for (std::size_t n = 0; n < options.samples; ++n) {
        Stream plain = same;
        if (!(static_cast<action>(model.sample(x, same, temperature)) == batch[n])) {
          report.breaks("sample_batch is what as many calls of sample would give",
                        where + " sample " + text(n) + " differs");
          return;
        }
        if (temperature == 1.0 && !(static_cast<action>(model.sample(x, plain)) == batch[n])) {
          report.breaks("temperature 1 is the policy itself", "sample " + text(n) + " differs");
          return;
        }
        std::size_t a = 0;
        while (a < count && !(actions[a] == batch[n])) ++a;
        ++frequency[a];
      }
      if (!options.whole) continue;
      std::vector<double> weight(count + 1, 0.0);
      double total = 0.0;
      for (std::size_t a = 0; a < count; ++a) {
        weight[a] = std::exp(model.log_probability(x, actions[a]) / temperature);
        total += weight[a];
      }
      double const false_alarm = options.false_alarm / static_cast<double>(temperatures.size() * (count + 1));
      for (std::size_t a = 0; a <= count; ++a) {
        double const expected = weight[a] / total;
        double const share = static_cast<double>(frequency[a]) / static_cast<double>(options.samples);
        if (!detail::plausible_share(share, expected, options.samples, false_alarm)) {
          report.breaks("the frequencies are in proportion to exp(log_probability / temperature)",
                        where + (a < count ? " action " + text(a) : " an action that is not listed") +
                            " has the frequency " + text(share) + ", expected " + text(expected));
        }
      }
    }
  });
  return report;
}

}  // namespace joust::laws
