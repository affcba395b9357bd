// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <limits>
#include <type_traits>

#include <joust/core/error.hpp>

using namespace joust;
using Catch::Matchers::Message;

namespace {
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
}  // namespace

TEST_CASE("a spent budget is an oracle's failure, a bad file a caller's", "[error]") {
  static_assert(std::is_base_of_v<std::runtime_error, oracle_error>);
  static_assert(std::is_base_of_v<oracle_error, budget_spent>);
  static_assert(std::is_base_of_v<std::invalid_argument, file_error>);
  budget_spent const error{100};
  CHECK(error.budget() == 100);
  CHECK(std::string{error.what()} == "oracle: the budget of 100 comparisons is spent");
}

TEST_CASE("a file error says where", "[error]") {
  file_error const cell{"arms.csv", 3, 7, "is x; expected a number"};
  CHECK(cell.file() == "arms.csv");
  CHECK(cell.line() == 3);
  CHECK(cell.column() == 7);
  CHECK(std::string{cell.what()} == "arms.csv:3:7: is x; expected a number");
  CHECK(std::string{file_error{"arms.csv", 3, 0, "is short"}.what()} == "arms.csv:3: is short");
  CHECK(std::string{file_error{"arms.csv", 0, 0, "is empty"}.what()} == "arms.csv: is empty");
}

TEST_CASE("numbers in messages read back as themselves", "[error]") {
  CHECK(detail::text(0.1) == "0.1");
  CHECK(detail::text(1.0) == "1");
  CHECK(detail::text(-1.5e300) == "-1.5e+300");
  CHECK(detail::text(infinity) == "inf");
  CHECK(detail::text(not_a_number) == "nan");
  CHECK(detail::text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(detail::text(-3) == "-3");
  for (double const x : {1.0 / 3.0, 2.5e-308, 1.7976931348623157e308, -123456.789}) {
    CHECK(std::stod(detail::text(x)) == x);
  }
}

TEST_CASE("reject names the argument, its value and what was expected", "[error]") {
  CHECK_THROWS_MATCHES(detail::reject("outcome", "2", "a number in [0, 1]"), std::invalid_argument,
                       Message("outcome: is 2; expected a number in [0, 1]"));
}

TEST_CASE("an index is below the count", "[error]") {
  CHECK_NOTHROW(detail::require_index("arm", 0, 1));
  CHECK_NOTHROW(detail::require_index("arm", 4, 5));
  CHECK_THROWS_MATCHES(detail::require_index("arm", 5, 5), std::invalid_argument,
                       Message("arm: is 5; expected an index below 5"));
  CHECK_THROWS_AS(detail::require_index("arm", 0, 0), std::invalid_argument);
}

TEST_CASE("an outcome lies in the unit interval, its ends included", "[error]") {
  for (double const x : {0.0, -0.0, 0.5, 1.0}) CHECK_NOTHROW(detail::require_unit_interval("outcome", x));
  for (double const x : {-1e-300, std::nextafter(1.0, 2.0), not_a_number, infinity, -infinity}) {
    CHECK_THROWS_AS(detail::require_unit_interval("outcome", x), std::invalid_argument);
  }
  CHECK_THROWS_MATCHES(detail::require_unit_interval("outcome", not_a_number), std::invalid_argument,
                       Message("outcome: is nan; expected a number in [0, 1]"));
}

TEST_CASE("finite and positive mean what they say", "[error]") {
  for (double const x : {0.0, -1e308, 5e-324}) CHECK_NOTHROW(detail::require_finite("x", x));
  for (double const x : {not_a_number, infinity, -infinity}) {
    CHECK_THROWS_AS(detail::require_finite("x", x), std::invalid_argument);
    CHECK_THROWS_AS(detail::require_positive("x", x), std::invalid_argument);
  }
  for (double const x : {5e-324, 1.0, 1e308}) CHECK_NOTHROW(detail::require_positive("x", x));
  for (double const x : {0.0, -0.0, -1.0}) {
    CHECK_THROWS_AS(detail::require_positive("x", x), std::invalid_argument);
  }
  CHECK_THROWS_MATCHES(detail::require_positive("rate", 0.0), std::invalid_argument,
                       Message("rate: is 0; expected a finite number above 0"));
  CHECK_THROWS_MATCHES(detail::require_finite("x", infinity), std::invalid_argument,
                       Message("x: is inf; expected a finite number"));
}
