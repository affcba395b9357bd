// SPDX-License-Identifier: MIT
#include <joust/experiment/save_alignment.hpp>

#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>

using joust::alignment_metric;
using joust::alignment_record;

namespace {

std::vector<alignment_record> example() {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<alignment_record> records{{"sea", 1, {}}, {"a \"b\", c\n", 18446744073709551615U, {}}};
  records[0].trace.record({alignment_metric::win_rate, 0.5, 0.125}, 0, 0, 0);
  records[0].trace.record({alignment_metric::win_rate, 0.1, 0.0}, 64, 2, 3);
  records[1].trace.record({alignment_metric::kl, infinity, infinity}, 7, 1, 1);
  return records;
}

std::string contents(std::filesystem::path const& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

struct folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("joust_save_alignment_" + std::to_string(getpid()));
  folder() { std::filesystem::remove_all(path); }
  ~folder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("save_alignment: CSV", "[save_alignment]") {
  CHECK(joust::alignment_csv(example()) ==
        "agent,seed,metric,queries,updates,round,value,error\n"
        "sea,1,win_rate,0,0,0,0.5,0.125\n"
        "sea,1,win_rate,64,2,3,0.1,0\n"
        "\"a \"\"b\"\", c\n\",18446744073709551615,kl,7,1,1,inf,\n");
}

TEST_CASE("save_alignment: JSON lines that a JSON reader reads", "[save_alignment]") {
  std::string const lines = joust::alignment_jsonl(example());
  std::vector<nlohmann::json> objects;
  for (std::size_t at = 0; at < lines.size();) {
    std::size_t const end = lines.find('\n', at);
    REQUIRE(end != lines.npos);
    objects.push_back(nlohmann::json::parse(lines.substr(at, end - at)));
    at = end + 1;
  }
  REQUIRE(objects.size() == 3);
  CHECK(objects[1] == nlohmann::json{{"agent", "sea"},
                                     {"seed", 1},
                                     {"metric", "win_rate"},
                                     {"queries", 64},
                                     {"updates", 2},
                                     {"round", 3},
                                     {"value", 0.1},
                                     {"error", 0}});
  CHECK(objects[2]["agent"] == "a \"b\", c\n");
  CHECK(objects[2]["seed"] == 18446744073709551615U);
  CHECK(objects[2]["value"].is_null());
  CHECK(objects[2]["error"].is_null());
}

TEST_CASE("save_alignment: curves", "[save_alignment]") {
  CHECK(joust::alignment_curves_csv(joust::alignment_curves(example())) ==
        "agent,metric,queries,updates,mean,stderr,seeds\n"
        "sea,win_rate,0,0,0.5,,1\n"
        "sea,win_rate,64,2,0.1,,1\n"
        "\"a \"\"b\"\", c\n\",kl,7,1,inf,,1\n");
}

TEST_CASE("save_alignment: a folder, whole or not at all", "[save_alignment]") {
  folder const place;
  auto const records = example();
  joust::save_alignment(records, place.path / "deep" / "er");
  CHECK(contents(place.path / "deep/er/runs.csv") == joust::alignment_csv(records));
  CHECK(contents(place.path / "deep/er/runs.jsonl") == joust::alignment_jsonl(records));
  CHECK(contents(place.path / "deep/er/curves.csv") ==
        joust::alignment_curves_csv(joust::alignment_curves(records)));
  std::size_t files = 0;
  for (auto const& entry : std::filesystem::directory_iterator{place.path / "deep/er"}) {
    CHECK(entry.path().extension() != ".partial");
    ++files;
  }
  CHECK(files == 3);

  std::vector<std::uint64_t> const grid{64};
  joust::save_alignment(records, place.path, grid);
  CHECK(contents(place.path / "curves.csv") ==
        "agent,metric,queries,updates,mean,stderr,seeds\nsea,win_rate,64,2,0.1,,1\n");

  CHECK_THROWS_AS(joust::save_alignment({}, place.path), std::invalid_argument);
  CHECK_THROWS_AS(joust::save_alignment(records, place.path / "runs.csv"), std::system_error);
  std::filesystem::create_directories(place.path / "taken" / "runs.csv" / "inside");
  CHECK_THROWS_WITH(joust::save_alignment(records, place.path / "taken"), Catch::Contains("cannot write"));
}
