// SPDX-License-Identifier: MIT
#include <joust/loss/any_loss.hpp>

#include "loss_checks.hpp"

#include <joust/core/state.hpp>

namespace {

using namespace joust_test;
using joust::any_loss;
using joust::loss_kind;

static_assert(joust::batch_loss<any_loss> && joust::evaluable_loss<any_loss>);
static_assert(std::is_convertible_v<joust::dpo, any_loss> && std::is_convertible_v<joust::nash_md, any_loss>);
static_assert(!std::is_convertible_v<int, any_loss> && !std::is_convertible_v<joust::dpo_options, any_loss>);

template <class Loss>
void check_behaves_as(any_loss const& any, Loss const& loss) {
  auto const duels = random_pairs(8, 3);
  std::vector<double> const outcomes{1.0, 0.0, 0.5, 0.2, 1.0, 1.0, 0.0, 0.9};
  std::vector<double> const weights{1.0, 2.0, 0.0, 0.3, 1.0, 1.0, 4.0, 1.0};
  for (auto const divisor : {joust::mean_over::active_weight, joust::mean_over::all_duels}) {
    std::vector<pair_slopes> one(8);
    std::vector<pair_slopes> other(8);
    CHECK(joust::evaluate(any, duels, outcomes, weights, one, divisor) ==
          joust::evaluate(loss, duels, outcomes, weights, other, divisor));
    CHECK(one == other);
  }
}

any_loss read_back(any_loss const& loss) {
  joust::state_writer write{"test", 1};
  write("loss", loss);
  std::string const text = std::move(write).finish();
  any_loss back;
  joust::state_reader read{text, "test", 1};
  read("loss", back);
  read.finish();
  return back;
}

}  // namespace

TEST_CASE("every name of a loss is that of a loss, in order", "[any_loss]") {
  auto const names = names_of(loss_kind{});
  for (std::size_t i = 0; i < names.size(); ++i) {
    CAPTURE(names[i]);
    any_loss const loss = any_loss::named(names[i]);
    CHECK(loss.name() == names[i]);
    CHECK(loss.kind() == static_cast<loss_kind>(i));
    CHECK(loss == any_loss{loss.kind()});
    CHECK_NOTHROW(loss.check());
    CHECK(read_back(loss) == loss);
    CHECK(names_of_options(loss).at(0) == "kind");
    CHECK(names_of_options(loss).size() >= 2);
  }
}

TEST_CASE("a loss that is chosen by name is that loss", "[any_loss]") {
  check_behaves_as(any_loss{}, joust::dpo{});
  check_behaves_as(any_loss::named("dpo"), joust::dpo{});
  check_behaves_as(any_loss::named("conservative_dpo"), joust::conservative_dpo{});
  check_behaves_as(any_loss::named("robust_dpo"), joust::robust_dpo{});
  check_behaves_as(any_loss::named("ipo_sum"), joust::ipo{{.likelihood = log_likelihood::sum}});
  check_behaves_as(any_loss::named("ipo_mean"), joust::ipo{{.likelihood = log_likelihood::mean}});
  check_behaves_as(any_loss::named("slic"), joust::slic{});
  check_behaves_as(any_loss::named("exo"), joust::exo{});
  check_behaves_as(any_loss::named("discopop"), joust::discopop{});
  check_behaves_as(any_loss::named("simpo"), joust::simpo{});
  check_behaves_as(any_loss::named("length_regularised_dpo"), joust::length_regularised_dpo{});
  check_behaves_as(any_loss::named("dpo_positive"), joust::dpo_positive{});
  check_behaves_as(any_loss::named("nca"), joust::nca{});
  check_behaves_as(any_loss::named("bco"), joust::bco{});
  check_behaves_as(any_loss::named("sppo"), joust::sppo{});
  check_behaves_as(any_loss::named("apo_zero"), joust::apo{});
  check_behaves_as(any_loss::named("apo_down"), joust::apo{{.anchor = joust::apo_anchor::down}});
  check_behaves_as(any_loss::named("aot_paired"), joust::aot{});
  check_behaves_as(any_loss::named("aot_unpaired"), joust::aot{{.sides = joust::aot_sides::unpaired}});
  check_behaves_as(any_loss::named("nash_md"), joust::nash_md{});
}

TEST_CASE("a loss keeps its options in any_loss, and is written down with them", "[any_loss]") {
  any_loss const loss = joust::dpo{{.beta = 0.7, .likelihood = log_likelihood::mean}};
  check_behaves_as(loss, joust::dpo{{.beta = 0.7, .likelihood = log_likelihood::mean}});
  CHECK_FALSE(loss == any_loss{});
  CHECK(read_back(loss) == loss);
  CHECK(loss.visit([](auto const& held) { return held.name; }) == "dpo");
  any_loss const apo = joust::apo{{.anchor = joust::apo_anchor::down}};
  CHECK(apo.kind() == loss_kind::apo_down);
  any_loss const ipo = joust::ipo{{.beta = 0.2, .likelihood = log_likelihood::mean}};
  CHECK(ipo.name() == "ipo_mean");
  CHECK(read_back(ipo) == ipo);
}

TEST_CASE("the fields of any_loss are its kind and the options of that kind", "[any_loss]") {
  CHECK(names_of_options(any_loss::named("exo")) ==
        std::vector<std::string>{"kind", "beta", "smoothing", "likelihood"});
  CHECK(names_of_options(any_loss::named("aot_paired")) ==
        std::vector<std::string>{"kind", "beta", "sides", "likelihood"});
}

TEST_CASE("options changed through fields can be checked", "[any_loss][fault]") {
  struct spoil {
    void operator()(std::string_view name, double& value, std::string_view) const {
      if (name == "beta") value = -1.0;
    }
    void operator()(std::string_view, loss_kind&, std::string_view) const {}
    void operator()(std::string_view, log_likelihood&, std::string_view) const {}
    void operator()(std::string_view, joust::apo_anchor&, std::string_view) const {}
    void operator()(std::string_view, joust::aot_sides&, std::string_view) const {}
  };
  any_loss loss = any_loss::named("simpo");
  spoil visit;
  any_loss::fields(loss, visit);
  CHECK_THROWS_AS(loss.check(), std::invalid_argument);
}

TEST_CASE("an unknown name is refused with all that are known", "[any_loss][fault]") {
  try {
    (void)any_loss::named("ipo");
    FAIL_CHECK("accepted");
  } catch (std::invalid_argument const& error) {
    std::string const text = error.what();
    for (std::string_view const name : names_of(loss_kind{})) CHECK(text.find(name) != text.npos);
  }
}
