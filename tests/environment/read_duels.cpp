// SPDX-License-Identifier: MIT
#include <joust/environment/read_duels.hpp>

#include "expect_fault.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

joust::duel_log parse(std::string_view text, joust::duels_options options = {}) {
  return joust::parse_duels(text, "it", std::move(options));
}

void fault(std::string_view text, std::size_t line, std::size_t column, std::string const& part,
           joust::duels_options const& options = {}) {
  auto const with_options = [&](std::string_view t, std::string_view n) {
    return joust::parse_duels(t, n, options);
  };
  joust::testing::expect_fault(with_options, text, line, column, part);
}

}  // namespace

TEST_CASE("read_duels: records in order, arms as they appear", "[read_duels]") {
  joust::duel_log expected{{"tea", "coffee, black", "\"mate\""}};
  expected.add({0, 1, joust::first_wins});
  expected.add({2, 0, joust::tie});
  expected.add({1, 2, 0.25});
  std::string const body =
      "first,second,outcome\n"
      "tea,\"coffee, black\",1\n"
      "\"\"\"mate\"\"\", tea ,0.5\n"
      "\"coffee, black\",\"\"\"mate\"\"\",2.5e-1";
  CHECK(parse(body) == expected);
  CHECK(parse(body + "\n") == expected);
  CHECK(parse("\xEF\xBB\xBF" + body) == expected);
  std::string windows;
  for (char const letter : body) windows += letter == '\n' ? std::string{"\r\n"} : std::string{letter};
  CHECK(parse(windows + "\r\n\r\n") == expected);

  joust::duel_log counted{{"a", "b"}};
  counted.add({0, 1, joust::second_wins, 12});
  CHECK(parse("first,second,outcome,count\na,b,0,12\n") == counted);
  CHECK(parse("first, second, outcome, count\na, b, 0, 12\n") == counted);
}

TEST_CASE("read_duels: a list of arms fixes their order", "[read_duels]") {
  auto const log = parse("first,second,outcome\nb,a,1\n", {.arms = {"a", "b", "c"}});
  CHECK(log.names() == std::vector<std::string>{"a", "b", "c"});
  CHECK(log.records().front() == joust::duel_record{1, 0, 1.0, 1});
  fault("first,second,outcome\nb,a,1\nb, d,1\n", 3, 4, "arm is \"d\"; expected one of the arms given",
        {.arms = {"a", "b"}});
  CHECK_THROWS_AS(parse("first,second,outcome\nb,a,1\n", {.arms = {"a", "a"}}), std::invalid_argument);
  CHECK_THROWS_AS(parse("first,second,outcome\nb,a,1\n", {.arms = {"a"}}), std::invalid_argument);
}

TEST_CASE("read_duels: every fault has its place", "[read_duels]") {
  std::string const three = "first,second,outcome\n";
  std::string const four = "first,second,outcome,count\n";
  fault("", 0, 0, "is empty");
  fault(three, 0, 0, "has a header but no duels");
  fault("a,b,1\n", 1, 1, "column title is \"a\"; expected \"first\"");
  fault("first,second\na,b\n", 1, 0, "too few columns");
  fault("first,second,result\na,b,1\n", 1, 14, "column title is \"result\"; expected \"outcome\"");
  fault("first,second,outcome,times\n", 1, 22, "column title is \"times\"; expected \"count\"");
  fault("first,second,outcome,count,x\n", 1, 28, "more than 4 columns");
  fault(three + "a,b\n", 2, 0, "row has 2 fields; expected 3");
  fault(three + "a,b,1,1\n", 2, 7, "row has 4 fields; expected 3");
  fault(four + "a,b,1\n", 2, 0, "row has 3 fields; expected 4");
  fault(three + ",b,1\n", 2, 1, "arm name is empty");
  fault(three + "a,\"\",1\n", 2, 3, "arm name is empty");
  fault(three + "a,b,1\na,a,1\n", 3, 3, "second arm is \"a\"");
  fault(three + "a,b,1.01\n", 2, 5, "outcome is \"1.01\"");
  fault(three + "a,b,-0.1\n", 2, 5, "outcome is \"-0.1\"");
  fault(three + "a,b,nan\n", 2, 5, "outcome is \"nan\"");
  fault(three + "a,b,inf\n", 2, 5, "outcome is \"inf\"");
  fault(three + "a,b,win\n", 2, 5, "outcome is \"win\"");
  fault(three + "a,b,1 0\n", 2, 5, "outcome is \"1 0\"");
  fault(three + "a,b,\n", 2, 5, "outcome is \"\"");
  fault(four + "a,b,1,0\n", 2, 7, "count is \"0\"; expected a whole number of at least 1");
  fault(four + "a,b,1,-2\n", 2, 7, "count is \"-2\"");
  fault(four + "a,b,1,1.5\n", 2, 7, "count is \"1.5\"");
  fault(four + "a,b,1,1e3\n", 2, 7, "count is \"1e3\"");
  fault(four + "a,b,1,\n", 2, 7, "count is \"\"");
  fault(four + "a,b,1,99999999999999999999999\n", 2, 7, "expected at most 2^53");
  fault(four + "a,b,1,9007199254740993\n", 2, 7, "expected at most 2^53");
  fault(four + "a,b,1,9007199254740992\na,b,0,1\n", 3, 7, "at most 2^53 duels in all");
  fault(three + "\na,b,1\n", 2, 0, "empty line");
  fault(three + "a,\"b,1\n", 2, 3, "never closed");
  // a quoted name may hold a line break; lines are counted as in the file
  fault(three + "\"a\nb\",c,1\na,b,2\n", 4, 5, "outcome is \"2\"");
}

TEST_CASE("read_duels: files, and what is none", "[read_duels]") {
  auto const path = std::filesystem::temp_directory_path() / "joust_read_duels_test.csv";
  std::ofstream{path, std::ios::binary} << "first,second,outcome\r\na,b,1\r\n";
  CHECK(joust::read_duels(path) == parse("first,second,outcome\na,b,1\n"));
  std::filesystem::remove(path);
  CHECK_THROWS_AS(joust::read_duels(path), joust::file_error);
  CHECK_THROWS_AS(joust::read_duels(std::filesystem::temp_directory_path()), joust::file_error);
}
